/** What a request's body is made of. */
import { buildBody } from '../../nodes/Deapi/submit/form';

test('JSON has the fields that have a value, also an empty one', async () => {
	const fields = { prompt: '', seed: 0, flag: false, none: null, absent: undefined };
	const body = await buildBody({ encoding: 'json', body: fields, files: [] }, () => {});
	expect(body.content).toStrictEqual({ prompt: '', seed: 0, flag: false, none: null });
	expect(body.headers).toEqual({ 'Content-Type': 'application/json' });
	expect(body.broken()).toBeUndefined();
});

test('a form has the fields that have a value, booleans as Laravel takes them', async () => {
	const fields = { prompt: '', seed: 0, yes: true, no: false, absent: undefined };
	const { content, close, broken } = await buildBody(
		{ encoding: 'multipart', body: fields, files: [] },
		() => {},
	);
	if (!('getBuffer' in content) || typeof content.getBuffer !== 'function')
		throw new Error('The body is no form');
	const parts = String(content.getBuffer()).match(/name="[^"]*"\r\n\r\n[^\r]*/g);
	expect(parts).toEqual([
		'name="prompt"\r\n\r\n',
		'name="seed"\r\n\r\n0',
		'name="yes"\r\n\r\n1',
		'name="no"\r\n\r\n0',
	]);
	close();
	expect(broken()).toBeUndefined();
});

test('an upload that is given up tells whoever listens, and nobody else', async () => {
	const { content, hangUp } = await buildBody(
		{ encoding: 'multipart', body: { prompt: 'x' }, files: [] },
		() => {},
	);
	// Without a listener the event would end the process.
	expect(hangUp).not.toThrow();
	const told: string[] = [];
	if (!('on' in content) || typeof content.on !== 'function') throw new Error('It is no stream');
	content.on('error', (error: Error) => told.push(error.message));
	hangUp();
	expect(told).toEqual(['The upload was given up']);
});
