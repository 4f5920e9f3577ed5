/**
 * Nothing is paid for before every item of the node has been checked: n8n throws away the output of all
 * items when one fails.
 */
import { quote } from '../basics/quote';
import { isObject, textOf } from '../basics/values';
import type { Call } from '../engine/call';
import { Failure } from '../engine/failure';
import { PerRun } from '../engine/run';

/**
 * Says that the item is in order and, where On Error is Stop, waits for the others.
 *
 * @throws {Failure} where the pass has stopped, or a later item's expression cannot be resolved
 */
export async function allChecked(call: Call): Promise<void> {
	const { pass, run } = call;
	pass.check(call.item);
	if (call.continues) return;
	// With Batching later items start only after earlier ones: what can be seen of them has to do.
	if (run.isStaggered || !(await pass.allChecked())) allItemsResolve(call);
	if (pass.stoppedBy !== undefined) throw pass.stoppedBy;
}

/** Whether the expressions of a run's items have been resolved. */
const lookedAhead = new PerRun(() => ({ isDone: false }));

/**
 * Resolves the expressions of all items before the first is sent. With Batching n8n starts later items
 * only after earlier ones; where the expression of one throws, n8n stops the node in the middle and
 * throws away what the earlier ones have given, paid jobs included.
 *
 * @throws {Failure} that names the item whose expression cannot be resolved
 */
export function allItemsResolve({ run, context }: Call): void {
	if (lookedAhead.of(run).isDone) return;
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
	lookedAhead.of(run).isDone = true;
}

function unresolved(expression: string, item: number, cause: unknown): Failure {
	const said = cause instanceof Error ? cause.message : String(cause);
	const reason = textOf(said) ?? 'n8n gives no reason';
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
