import type {
	AccountPlan,
	CallPlan,
	ExecutionPlan,
	ItemPlan,
	Scenario,
	ServicePlan,
	TriggerPlan,
} from './scenario';

/** A scenario in words: what is as usual is left out. */
export function describeScenario(scenario: Scenario): string[] {
	const { timeOfDay, onDisk, accounts, executions, trigger, service } = scenario;
	const clock = new Date(timeOfDay * 1000).toISOString().slice(11, 19);
	return [
		`It begins at ${clock} UTC; files lie ${onDisk ? 'on disk' : 'in memory'}.`,
		...accounts.map((account, index) => `Account ${index}: ${describeAccount(account)}`),
		...executions.map((plan, index) => `Execution ${index}: ${describeExecution(plan)}`),
		...(trigger === null ? [] : describeTrigger(trigger)),
		...describeService(service),
	];
}

function describeAccount({
	host,
	version,
	perMinute,
	perDay,
	tells,
	price,
	rises,
}: AccountPlan): string {
	return [
		`service ${host + 1}, ${version}`,
		perMinute > 0 ? `${perMinute} a minute` : '',
		perDay > 0 ? `${perDay} a day` : '',
		tells ? 'headers tell' : '',
		price === 0.1 ? '' : `${price} USD a job`,
		rises ? 'more after a failure' : '',
	]
		.filter((part) => part !== '')
		.join(', ');
}

function describeExecution(plan: ExecutionPlan): string {
	const { batching, retry, ending, waits } = plan;
	return [
		plan.operation === 'audioToVideo' ? '' : plan.operation,
		`items ${plan.items.map(describeItem).join(' | ')}`,
		plan.onError,
		plan.startsAt > 0 ? `starts after ${plan.startsAt / 1000} s` : '',
		plan.fromUrl ? 'sounds from URLs' : '',
		batching ? `batches of ${batching.size} every ${batching.interval} ms` : '',
		retry ? `${retry.maxTries} tries with ${retry.wait} ms between` : '',
		plan.executeOnce ? 'Execute Once' : '',
		waits ? `waits ${plan.timeout} s, reads every ${plan.pollInterval} s` : '',
		waits && plan.downloads ? 'downloads' : '',
		plan.rateLimitRetries === 5 ? '' : `${plan.rateLimitRetries} rate limit retries`,
		plan.maxPrice > 0 ? `at most ${plan.maxPrice} USD` : '',
		plan.webhook ? 'webhook' : '',
		plan.film > 0 ? `films of ${plan.film} clips` : '',
		plan.film > 0 && plan.pictures ? 'each with a picture' : '',
		plan.film > 0 && plan.usesExisting ? 'Existing Clips after a failure' : '',
		plan.matchesSound ? 'as long as the sound' : '',
		ending ? `${ending.how} ${ending.after} ms after event ${ending.atEvent}` : '',
		plan.retriesFromStore > 0 ? `retried ${plan.retriesFromStore} times from what is stored` : '',
		plan.retriesFromStore > 0 && plan.edits ? 'edited before' : '',
	]
		.filter((part) => part !== '')
		.join(', ');
}

function describeTrigger(plan: TriggerPlan): string[] {
	const options = [
		`account ${plan.account}`,
		plan.acceptUnsigned ? 'accepts unsigned calls' : '',
		plan.downloads ? 'downloads' : '',
		plan.hearsAll ? 'hears of all events' : '',
		`saves within ${plan.saveTakes} ms`,
	].filter((part) => part !== '');
	return [`Trigger: ${options.join(', ')}`, ...plan.calls.map((call) => `  ${describeCall(call)}`)];
}

function describeCall(plan: CallPlan): string {
	const { at, delivery, event, signature, copies, process, restart } = plan;
	return [
		`at ${at / 1000} s`,
		restart === 'none' ? '' : `n8n starts anew, its memory is ${restart}`,
		`delivery ${delivery}, ${event}, signature ${signature}`,
		copies > 1 ? `${copies} copies` : '',
		process === 0 ? '' : `process ${process}`,
	]
		.filter((part) => part !== '')
		.join(', ');
}

function describeItem({ account, file, flaw, picture }: ItemPlan): string {
	return [
		`account ${account}`,
		file === 'song' ? '' : file,
		flaw === 'none' ? '' : flaw,
		picture ? 'picture' : '',
	]
		.filter((part) => part !== '')
		.join(' ');
}

function describeService(service: ServicePlan): string[] {
	const { jobs, ...acts } = service;
	const lines = Object.entries(acts).flatMap(([kind, list]) =>
		list.length === 0
			? []
			: [
					`To ${kind}: ${list
						.map(
							({ does, after, variant, makesJob }) =>
								`${does} ${variant}${makesJob ? '+job' : ''} after ${after} ms`,
						)
						.join('; ')}`,
				],
	);
	const ends = jobs.map(({ end, takes }) => `${end} after ${takes} ms`);
	return ends.length === 0 ? lines : [...lines, `Jobs: ${ends.join('; ')}`];
}
