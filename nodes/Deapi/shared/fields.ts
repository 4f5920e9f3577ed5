/**
 * deAPI's request fields with the labels that users see in the node, so that a message names the
 * field as the panel does. A test holds both against the node's description.
 */
export const FIELD_LABELS: { [field: string]: string } = {
	audio: 'Input Audio Field',
	prompt: 'Prompt',
	model: 'Model',
	width: 'Width',
	height: 'Height',
	frames: 'Frames',
	fps: 'FPS',
	seed: 'Seed',
	negative_prompt: 'Negative Prompt',
	guidance: 'Guidance',
	steps: 'Steps',
	first_frame_image: 'First Frame Image Field',
	last_frame_image: 'Last Frame Image Field',
	webhook_url: 'Webhook URL',
	webhook_secret: 'Webhook Secret',
	request_id: 'Request ID',
	duration: 'Duration',
	audio_url: 'Audio URL',
	first_frame_image_url: 'First Frame Image URL',
	last_frame_image_url: 'Last Frame Image URL',
};

/** A field's label in single quotation marks; an unknown field as deAPI calls it. */
export function labelOf(field: string): string {
	// Laravel names a file of a list `field.0`.
	return `'${FIELD_LABELS[field] ?? FIELD_LABELS[field.split('.')[0] ?? ''] ?? field}'`;
}
