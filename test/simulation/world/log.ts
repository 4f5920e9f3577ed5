import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import type { Logger as N8nLogger, LogMetadata } from 'n8n-workflow';
import { LoggerProxy } from 'n8n-workflow';

export interface LogLine {
	level: string;
	message: string;
	metadata: LogMetadata;
}

/** n8n's log of one simulation. */
export class SimulatedLog implements N8nLogger {
	readonly lines: LogLine[] = [];

	install(): void {
		Container.set(Logger, this as unknown as Logger);
		LoggerProxy.init(this);
	}

	error(message: string, metadata: LogMetadata = {}): void {
		this.add('error', message, metadata);
	}

	warn(message: string, metadata: LogMetadata = {}): void {
		this.add('warn', message, metadata);
	}

	info(message: string, metadata: LogMetadata = {}): void {
		this.add('info', message, metadata);
	}

	debug(message: string, metadata: LogMetadata = {}): void {
		this.add('debug', message, metadata);
	}

	scoped(): this {
		return this;
	}

	/** All that was logged, as text. n8n's default level leaves out what is for debugging. */
	text(withDebug = false): string {
		return this.lines
			.filter(({ level }) => withDebug || level !== 'debug')
			.map(({ level, message, metadata }) => `${level} ${message} ${safeJson(metadata)}`)
			.join('\n');
	}

	private add(level: string, message: string, metadata: LogMetadata): void {
		this.lines.push({ level, message, metadata });
	}
}

function safeJson(value: unknown): string {
	try {
		return JSON.stringify(value);
	} catch {
		return String(value);
	}
}
