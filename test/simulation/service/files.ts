/** What the storage of results, and a host of sounds, do to downloads. */
import { clipOf } from '../run/clips';
import { songOf, VIDEO } from '../run/media';
import { OPERATION } from '../run/operations';
import type { Handling, Service } from './service';

function soundOf({ scenario }: Service, { record }: Handling): File {
	const execution = Number(/of-(\d+)-/.exec(record.url)?.[1]);
	const content = songOf(scenario.executions[execution] ?? { film: 0 });
	return { contentType: 'audio/wav', content };
}

interface File {
	contentType: string;
	content: Buffer;
}

function resultOf({ jobs }: Service, { record }: Handling): File {
	const index = jobs.findIndex(({ id }) => id === record.jobId);
	const { owner, operation } = jobs[index]?.submit ?? {};
	const isClip = owner?.split('/').length === 3;
	const result = operation === undefined ? undefined : OPERATION[operation].result;
	const contentType = result?.contentType ?? 'video/mp4';
	return { contentType, content: isClip ? clipOf(index).content : (result?.content ?? VIDEO) };
}

export function actOnFile(service: Service, handling: Handling): void {
	const { act, connection, kind } = handling;
	const file = kind === 'sound' ? soundOf(service, handling) : resultOf(service, handling);
	const { content, contentType } = file;
	const head = { 'content-type': contentType, 'content-length': String(content.length) };
	if (act.does !== 'well' && act.does !== 'give') {
		service.story.tell(`${kind} ${handling.record.url}: ${act.does} ${act.variant}`);
	}
	const half = content.subarray(0, content.length >> 1);
	service.later(handling, act.after, () => {
		switch (act.does) {
			case 'cutInAnswer':
				connection.answer(200, head);
				connection.send(half);
				service.later(handling, 50, () => connection.cut());
				return;
			case 'hang':
				return;
			case 'stall':
				connection.answer(200, head);
				connection.send(half);
				return;
			case 'drip': {
				connection.answer(200, head);
				const next = (at: number) => {
					connection.send(content.subarray(at, at + 500));
					if (at + 500 >= content.length) connection.finish();
					else service.later(handling, 30_000, () => next(at + 500));
				};
				next(0);
				return;
			}
			case 'expired':
				service.reply(handling, [403, 404, 400, 410][act.variant % 4] ?? 403, '<Error/>');
				return;
			case 'fall':
				service.reply(handling, [500, 503][act.variant % 2] ?? 500, 'Oops');
				return;
			case 'message':
				connection.answer(200, { 'content-type': 'application/octet-stream' });
				connection.send('{"message":"Not yet"}');
				connection.finish();
				return;
			case 'empty':
				connection.answer(200, { 'content-type': contentType, 'content-length': '0' });
				connection.finish();
				return;
			case 'short':
				connection.answer(200, head);
				connection.send(half);
				connection.finish();
				return;
			case 'tooLarge':
				connection.answer(200, { ...head, 'content-length': '999999999' });
				connection.send(half);
				return;
			case 'redirect':
				service.reply(handling, 302, '', {
					location: `${handling.record.url.split('?')[0]}?${kind === 'sound' ? 'again' : 'moved'}`,
				});
				return;
			default:
				connection.answer(200, head);
				connection.send(half);
				service.later(handling, 20, () => {
					connection.send(content.subarray(half.length));
					connection.finish();
				});
		}
	});
}
