import { readFile } from 'node:fs/promises';
import { expect, expectBytes, expectEqual } from '../check';
import { type Scene, fixturePath, onlyItem } from '../scene';

/** What the package is for: a song becomes a video, which is stored in a bucket and posted. */
export async function storeAndPost(scene: Scene): Promise<void> {
	const { s3, social } = scene.stage;
	const postsBefore = social.posts.length;
	await scene.addFile('song.mp3');
	const workflow = await scene.importExample('store-and-post', {
		'Store in Bucket': { bucketName: s3.bucket },
		Post: { url: social.postsUrl },
	});
	const execution = await scene.run(workflow);

	const [job] = scene.expectSubmits(1);
	expect(job, 'deAPI should have a job');
	const result = await readFile(fixturePath('result.mp4'));
	const key = `${job.request_id}.mp4`;
	expect((await s3.keys()).includes(key), `The bucket should have ${key}`);
	expectBytes(await s3.read(key), result, 'The video in the bucket');

	const posts = social.posts.slice(postsBefore);
	const [post] = posts;
	expect(post && posts.length === 1, `There should be 1 post, there are ${posts.length}`);
	expectBytes(post.video, result, 'The video that was posted');
	expectEqual(
		{ caption: post.caption, fileName: post.fileName, mimeType: post.mimeType },
		{ caption: 'New: song.mp3', fileName: 'song.mp4', mimeType: 'video/mp4' },
		'The post',
	);
	expectEqual(onlyItem(execution, 'Post').json.id, post.id, "The network's answer");
}
