/** The longest piece of foreign text that enters a message, in characters. */
const LONGEST_QUOTE = 1000;

/**
 * Text from outside, made fit for a message: of sensible length, in one line per line, and without the
 * spelling by which n8n would take the whole execution for one that the user has canceled.
 *
 * @param text what a service, a file or a parameter says
 * @param longest the most characters of it
 */
export function quote(text: string, longest = LONGEST_QUOTE): string {
	const start = text.slice(0, longest + 1).trim();
	return respelled(start.length > longest ? `${start.slice(0, longest)}…` : start);
}

/** Text without the spelling that n8n looks for in the messages of canceled executions. */
export function respelled(text: string): string {
	return text.replace(/(cancel)(ed)/gi, '$1l$2');
}

/** A value as a message shows it: objects as their type, long texts cut. */
export function shown(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object' && value !== null) return 'an object';
	if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
	return quote(String(value), 200);
}
