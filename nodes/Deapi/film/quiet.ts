import { Logging, LogLevel } from 'mediabunny';

// What is unusual about a file is said in this package's own messages, and not on n8n's console.
Logging.level = LogLevel.Silent;
