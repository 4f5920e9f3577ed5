/** What seeds have found in the package, for test/simulation/RESULTS.md; each has a test, in finds.long.test.ts or in its module. */
export const FINDS: Array<{ what: string; harm: string }> = [
	{
		what: 'A canceled execution went on waiting for the list of models that another execution was reading',
		harm: 'an execution that ends up to 15 seconds late',
	},
	{
		what: 'The ID of an item’s earlier try was not named where its last try ended for another reason',
		harm: 'a paid job that nobody knows of',
	},
	{
		what: 'n8n begins another pass of Retry On Fail after a cancel; nothing ended the waits of that pass',
		harm: 'waits that stay in memory',
	},
	{
		what: 'An item that waited for others when its execution was canceled gave out nothing',
		harm: 'a paid job that nobody knows of',
	},
	{
		what: 'A clip that waited for its turn when another clip’s outcome became unclear was called unknown too (seed 20143)',
		harm: 'a look for a job that does not exist',
	},
	{
		what: 'A film did not name the failed job after which Retry On Fail had made a clip again',
		harm: 'a paid job that stands in the log only',
	},
	{
		what: 'A film whose next try could not read the model’s limits said that nothing was submitted, though it had several jobs (seeds 2267, 3222, 4257)',
		harm: 'paid jobs that are called unpaid',
	},
	{
		what: 'An answer without rate-limit headers fixed the end of the minute for the answers after it (seeds 1778, 3578, 3624)',
		harm: 'an upload that the limit refuses',
	},
	{
		what: 'What was under way when a daily limit was met, and was then refused itself, was uploaded again after a minute (seeds 7849, 12023, 12373, 14079, 17210)',
		harm: 'an upload that the limit refuses',
	},
	{
		what: 'An upload that was under way when n8n itself ended the node, at a later item whose proxy is none, was not in what n8n stored: Retry sent it again (seed 1163)',
		harm: 'a second job',
	},
	{
		what: 'Where n8n itself ended the node, nothing said that an item’s outcome was not known (seed 1332)',
		harm: 'a job that nobody looks for',
	},
	{
		what: 'A prompt that deAPI had enhanced was neither given out nor called paid where the execution was canceled between two tries',
		harm: 'a paid answer that is lost',
	},
];
