/** What the service does to a submit. */
import { networkError } from '../world/sockets';
import { clearLimit, limitHeaders, limitOf, oddLimitHeaders, paceHeaders } from './limits';
import type { Handling, Service } from './service';
import type { SubmitRecord } from './records';
import { operationNamed } from '../run/operations';

const UNREACHABLE = [
	networkFacts('connect ECONNREFUSED 10.0.0.1:443', 'ECONNREFUSED', 'connect'),
	networkFacts('getaddrinfo ENOTFOUND one.sim', 'ENOTFOUND', 'getaddrinfo'),
	networkFacts('connect EHOSTUNREACH 10.0.0.1:443', 'EHOSTUNREACH', 'connect'),
	networkFacts('connect ETIMEDOUT 10.0.0.1:443', 'ETIMEDOUT', 'connect'),
	networkFacts('certificate has expired', 'CERT_HAS_EXPIRED', undefined),
	networkFacts('getaddrinfo EAI_AGAIN one.sim', 'EAI_AGAIN', 'getaddrinfo'),
];

function networkFacts(message: string, code: string, syscall: string | undefined) {
	return { message, facts: { code, ...(syscall === undefined ? {} : { syscall }) } };
}

/** What happens before a byte of the request's body has come. */
export function actOnConnection(service: Service, handling: Handling): void {
	const { act, connection, submit } = handling;
	if (act.does !== 'unreachable') return;
	const { message, facts } = UNREACHABLE[act.variant % UNREACHABLE.length] ?? {
		message: '',
		facts: {},
	};
	if (submit) submit.knowledge = 'never';
	service.story.tell(`no connection to ${connection.head.url}: ${message}`);
	connection.socket.secureConnecting = true;
	connection.cut(networkError(message, facts));
}

/** What happens when the whole request has come. */
export function actOnSubmit(service: Service, handling: Handling): void {
	const { act, submit } = handling;
	if (submit === undefined) return;
	service.story.tell(`submit of ${submit.owner ?? '?'} came: ${act.does} ${act.variant}`);
	service.later(handling, act.after, () => decide(service, handling, submit));
}

function decide(service: Service, handling: Handling, submit: SubmitRecord): void {
	const { act, connection } = handling;
	const { account, operation } = submit;
	const { isInstant } = operationNamed(operation);
	const limit = limitOf(account, operation, service.time.now);
	const refusesAnyway = ['refuse', 'block', 'redirect', 'limit', 'fall', 'hang', 'cutAfterBody'];
	if (limit !== undefined && !refusesAnyway.includes(act.does)) {
		submit.answer = 'refused';
		submit.limit = limit;
		const headers = limitHeaders(limit, service.time.now);
		service.reply(handling, 429, { message: 'Too Many Attempts.' }, headers);
		return;
	}
	const maybeMake = () => {
		if (act.makesJob && limit === undefined) service.accept(submit);
	};
	switch (act.does) {
		case 'cutAfterBody':
			maybeMake();
			connection.cut();
			return;
		case 'tls':
			maybeMake();
			connection.cut(
				networkError(
					act.variant % 2 === 0
						? 'write EPROTO 1:error:0A00010B:SSL routines:ssl3_get_record:wrong version number'
						: 'Client network socket got a bad record: ssl3_read_bytes:tlsv1 alert record mac',
					{
						code: act.variant % 2 === 0 ? 'EPROTO' : 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
					},
				),
			);
			return;
		case 'hang':
			maybeMake();
			return;
		case 'cutInAnswer': {
			const text = JSON.stringify(service.accept(submit));
			connection.answer(200, {
				'content-type': 'application/json',
				'content-length': String(text.length),
			});
			connection.send(text.slice(0, 10 + (act.variant % 12)));
			service.later(handling, 50, () => connection.cut());
			return;
		}
		case 'drip': {
			submit.answer = 'id';
			service.drip(handling, 200, JSON.stringify(service.accept(submit)));
			return;
		}
		case 'refuse':
			refuse(service, handling, submit);
			return;
		case 'block':
			// What stands in front of the service, which has not seen the request.
			submit.answer = 'refused';
			service.reply(
				handling,
				403,
				act.variant % 2 === 0 ? 'error code: 1010' : '<h1>Error 1020</h1>',
			);
			return;
		case 'redirect':
			submit.answer = 'refused';
			service.reply(handling, 302, '', { location: 'https://elsewhere.sim/login' });
			return;
		case 'limit':
			submit.answer = 'refused';
			submit.limit = clearLimit(act.variant, service.time.now);
			service.reply(
				handling,
				429,
				{ message: 'Too Many Attempts.' },
				oddLimitHeaders(act.variant, service.time.now),
			);
			return;
		case 'fall':
			maybeMake();
			service.reply(handling, [500, 502, 503, 504][act.variant % 4] ?? 500, '<h1>Oops</h1>');
			return;
		case 'refuseWithId':
			// Only a job's ID shows in a refusal that something was made all the same.
			if (isInstant) refuse(service, handling, submit);
			else withId(service, handling, submit, [400, 409, 422, 302][act.variant % 4] ?? 400);
			return;
		case 'fallWithId':
			withId(service, handling, submit, [500, 503][act.variant % 2] ?? 500);
			if (isInstant) submit.answer = 'unclear';
			return;
		case 'oddId':
			if (isInstant) withId(service, handling, submit, 200);
			else oddId(service, handling, submit);
			return;
		case 'mumble': {
			maybeMake();
			const shapes: unknown[] = [
				'',
				'<html>fine</html>',
				{},
				{ data: null },
				{ data: { request_id: null } },
				{ data: [] },
				{ data: { request_id: '' } },
				{ status: 'ok' },
			];
			service.reply(handling, [200, 201, 202][act.variant % 3] ?? 200, shapes[act.variant % 8]);
			return;
		}
		default:
			withId(service, handling, submit, 200);
	}
}

/** An answer that has the ID, or what was asked for, where it belongs. */
function withId(service: Service, handling: Handling, submit: SubmitRecord, status: number): void {
	const body = service.accept(submit);
	submit.answer = 'id';
	const headers = paceHeaders(submit.account, submit.operation, service.time.now);
	// The headers that the package reads say that this was the last one for now.
	if (status === 200 && submit.account.plan.tells) {
		submit.limit = limitOf(submit.account, submit.operation, service.time.now);
	}
	service.reply(handling, status, body, headers);
}

/** An answer that has the ID in a place, or a shape, of its own. */
function oddId(service: Service, handling: Handling, submit: SubmitRecord): void {
	const number = 7_000_001 + service.jobs.length;
	const isNumber = handling.act.variant % 2 === 0;
	const { id } = service.makeJob(submit, isNumber ? String(number) : undefined);
	submit.answer = 'id';
	const value = isNumber ? number : id;
	const shapes: unknown[] = [
		{ data: { request_id: value } },
		{ request_id: value },
		{ data: [{ request_id: value }] },
		{ data: { data: { request_id: value } } },
		{ request_id: value, data: null },
	];
	service.reply(handling, 200, shapes[handling.act.variant % shapes.length]);
}

function refuse(service: Service, handling: Handling, submit: SubmitRecord): void {
	const { variant } = handling.act;
	submit.answer = 'refused';
	const status = [422, 400, 401, 402, 403, 404, 410, 413, 422][variant % 9] ?? 400;
	// Some services repeat in their answer what they did not like.
	const echo = `Bearer ${submit.account.key} was canceled`;
	const body = {
		message: variant % 3 === 0 ? echo : 'The given data was invalid.',
		...(status === 422
			? { errors: variant % 2 === 0 ? { width: [echo] } : { balance: ['Too little.'] } }
			: {}),
	};
	service.reply(handling, status, body);
}
