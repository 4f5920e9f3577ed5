import type { NodeHint } from 'n8n-workflow';

/**
 * Hints above the node's output. Their conditions see the node's parameters and its input; the output
 * itself is out of their sight.
 */
export const HINTS: NodeHint[] = [
	afterRun(
		'With <b>Wait for Completion</b> off you get only the request_id of a job here, while deAPI is making the video. Turn it on to get the video here, or fetch the video later with the <b>deAPI Trigger</b> or with <b>Job > Get</b>.',
		'$parameter["resource"] === "video" && $parameter["waitForCompletion"] === false',
	),
	afterRun(
		'With <b>Wait for Completion</b> off you get only the request_id of a job here, while deAPI is working on it. Turn it on to get the result here, or fetch the result later with the <b>deAPI Trigger</b> or with <b>Job > Get</b>.',
		'["audio", "image", "prompt"].includes($parameter["resource"]) && $parameter["waitForCompletion"] === false',
	),
	afterRun(
		'A sound that is longer than the model allows makes a shorter video: the item then has <b>shortened</b>, and <b>requested_seconds</b> beside <b>video_seconds</b>. To get all of it, set <b>If Longer Than the Model Allows</b> to <b>Make Several Clips and Join Them</b>.',
		'$parameter["resource"] === "video" && $parameter["lengthMode"] === "matchAudio" && $parameter["whenTooLong"] === "shorten"',
	),
	afterRun(
		'A duration that is longer than the model allows makes a shorter video: the item then has <b>shortened</b>, and <b>requested_seconds</b> beside <b>video_seconds</b>.',
		'$parameter["resource"] === "video" && $parameter["lengthMode"] === "seconds" && $parameter["whenTooLong"] === "shorten"',
	),
];

function afterRun(message: string, condition: string): NodeHint {
	return {
		message,
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'afterExecution',
		displayCondition: `={{ ${condition} }}`,
	};
}
