/** What the storage of results, and a host of sounds, do to downloads. */
import { clipOf } from '../run/clips';
import type { Version } from '../run/media';
import { pictureOf, songOf, VIDEO } from '../run/media';
import { operationNamed } from '../run/operations';
import { readOwner } from './records';
import type { Handling, Service } from './service';

/** A host may have another sound at an address than it had before. */
const versionOf = ({ act }: Handling): Version => (act.does === 'other' ? 1 : 0);

/** Whose sound an address is. */
function ownerOfSound({ record }: Handling): string {
	return /of-(\d+-\d+)/.exec(record.url)?.[1]?.replace('-', '/') ?? '';
}

function soundOf({ scenario }: Service, handling: Handling): File {
	const { execution } = readOwner(ownerOfSound(handling));
	const content = songOf(scenario.executions[execution] ?? { film: 0 }, versionOf(handling));
	return { contentType: 'audio/wav', content };
}

interface File {
	contentType: string;
	content: Buffer;
}

function resultOf({ jobs }: Service, { record }: Handling): File {
	const index = jobs.findIndex(({ id }) => id === record.jobId);
	const job = jobs[index];
	const { owner = '', operation } = job?.submit ?? {};
	const { clip, isPicture } = readOwner(owner);
	const result = operation === undefined ? undefined : operationNamed(operation).result;
	const contentType = result?.contentType ?? 'video/mp4';
	if (job !== undefined && isPicture) return { contentType, content: pictureOf(job.id) };
	if (clip === undefined) return { contentType, content: result?.content ?? VIDEO };
	const { content, offLength } = clipOf(index);
	return { contentType, content: job?.plan.end === 'offLength' ? offLength : content };
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
			case 'half': {
				// A whole answer, and half a video.
				const isVideo = contentType === 'video/mp4';
				const given = isVideo ? half : content;
				connection.answer(200, { ...head, 'content-length': String(given.length) });
				connection.send(given);
				connection.finish();
				return;
			}
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
					if (kind !== 'sound') return;
					const owner = ownerOfSound(handling);
					service.sounds.push({ owner, version: versionOf(handling), at: service.time.now });
				});
		}
	});
}
