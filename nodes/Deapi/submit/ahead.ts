import { quote } from '../basics/quote';
import { isObject } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import type { NodeRun } from '../engine/run';

/** Runs whose items have been looked at. */
const resolved = new WeakSet<NodeRun>();

/**
 * Resolves the expressions of all items before the first is sent. With Batching n8n starts later items
 * only after earlier ones; where the expression of one throws, n8n stops the node in the middle and
 * throws away what the earlier ones have given, paid jobs included.
 *
 * @throws {Failure} that names the item whose expression cannot be resolved
 */
export function allItemsResolve(call: Call): void {
	const { run, context } = call;
	if (resolved.has(run)) return;
	const expressions = expressionsOf(context.getNode().parameters);
	for (let item = 0; item < run.size; item++) {
		for (const expression of expressions) {
			try {
				context.evaluateExpression(expression, item);
			} catch (error) {
				throw unresolved(expression, item, error);
			}
		}
	}
	resolved.add(run);
}

function unresolved(expression: string, item: number, cause: unknown): Failure {
	const reason = cause instanceof Error ? cause.message : String(cause);
	return new Failure(
		{
			message: `An expression of a later item cannot be resolved: ${quote(reason)}`,
			description: `Nothing was sent. The expression is: ${quote(expression, 200)}`,
			item,
			submitted: 'no',
		},
		{ cause },
	);
}

/** All expressions in a node's parameters, without the equals sign that marks them. */
function expressionsOf(value: unknown): string[] {
	if (typeof value === 'string') return value.startsWith('=') ? [value.slice(1)] : [];
	if (Array.isArray(value)) return value.flatMap(expressionsOf);
	return isObject(value) ? Object.values(value).flatMap(expressionsOf) : [];
}
