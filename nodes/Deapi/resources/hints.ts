import type { NodeHint } from 'n8n-workflow';

/**
 * Hints above the node's output. Their conditions see the node's parameters and its input; the output
 * itself is out of their sight.
 */
export const HINTS: NodeHint[] = [
	hintAfterRun(
		'deAPI is making the video. Turn on <b>Wait for Completion</b> to get it here, or fetch it later with the <b>deAPI Trigger</b> or with <b>Job > Get</b> and the request_id.',
		'$parameter["resource"] === "video" && $parameter["waitForCompletion"] === false',
	),
	hintAfterRun(
		'deAPI is working on it. Turn on <b>Wait for Completion</b> to get the result here, or fetch it later with the <b>deAPI Trigger</b> or with <b>Job > Get</b> and the request_id.',
		'["audio", "image"].includes($parameter["resource"]) && $parameter["waitForCompletion"] === false',
	),
	hintAfterRun(
		'<b>If Longer Than the Model Allows</b> is set to <b>Shorten</b>. An item with <b>shortened</b> has a video that is shorter than wanted: <b>requested_seconds</b> and <b>video_seconds</b> say how much.',
		'$parameter["resource"] === "video" && $parameter["whenTooLong"] === "shorten" && $parameter["lengthMode"] !== "frames"',
	),
];

function hintAfterRun(message: string, condition: string): NodeHint {
	return {
		message,
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'afterExecution',
		displayCondition: `={{ ${condition} }}`,
	};
}
