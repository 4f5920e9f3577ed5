/** Where deAPI is asked: the address of a request that n8n makes by itself. */
import { runInNewContext } from 'node:vm';
import { urlExpression } from '../../nodes/Deapi/service/endpoints';

const ENDPOINT = { v1: '/one', v2: '/two' };

test.each([
	[{ apiVersion: 'v2' }, '/two/id'],
	[{ apiVersion: 'v1' }, '/one/id'],
	[undefined, '/one/id'],
])('with the credential %j it is %s', ($credentials, url) => {
	const [, code = '', rest] = /^=\{\{(.+)\}\}(.*)$/.exec(urlExpression(ENDPOINT, '/id')) ?? [];
	const path: unknown = runInNewContext(code, { $credentials });
	expect(`${String(path)}${rest}`).toBe(url);
});
