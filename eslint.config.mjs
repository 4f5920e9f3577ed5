// n8n's own verification rules, taken from the scanner that n8n runs on published packages, so that
// what passes here passes there. `npm run lint` applies them to the scanner's own file patterns.
import { buildScanConfig } from '@n8n/scan-community-package/scanner/scanner.mjs';

export default await buildScanConfig();
