/** Faults of the trigger: who gets in, how often, and when. */
import type { Fault } from './faults';

const RECEIVE = 'nodes/Deapi/webhook/receive.ts';
const DELIVERIES = 'nodes/Deapi/webhook/deliveries.ts';
const VERIFY = 'nodes/Deapi/webhook/verify.ts';

export const TRIGGER_FAULTS: Fault[] = [
	{
		name: 'Trigger: the claim is saved only when the result has been fetched',
		harm: 'a second execution, or none',
		changes: [
			{
				file: RECEIVE,
				from: 'return { ...answered, workflowData: [[item]] };',
				to: 'if (settings.downloadResult) await clock.sleep(20_000);\n\treturn { ...answered, workflowData: [[item]] };',
			},
		],
	},
	{
		name: 'Trigger: the answer waits for the result',
		harm: 'repeated deliveries, webhooks switched off',
		changes: [
			{
				file: RECEIVE,
				from: "const answered = answer(context, 200, { status: 'accepted' });",
				to: "if (settings.downloadResult) await clock.sleep(11_000);\n\tconst answered = answer(context, 200, { status: 'accepted' });",
			},
		],
	},
	{
		name: 'Trigger: the signature is not checked',
		harm: 'executions by anybody',
		changes: [
			{
				file: VERIFY,
				from: "if (!timingSafeEqual(Buffer.from(hex, 'hex'), expected)) {",
				to: 'if (hex.length === 0) {',
			},
		],
	},
	{
		name: 'Trigger: only the body is signed for, not the time',
		harm: 'executions by whoever has seen a call',
		changes: [
			{
				file: VERIFY,
				from: 'const skew = Math.abs(Math.floor(now / 1000) - Number(timestamp));',
				to: 'const skew = 0 * now;',
			},
		],
	},
	{
		name: 'Trigger: calls from the future are accepted',
		harm: 'calls that can be repeated for ever',
		changes: [
			{
				file: VERIFY,
				from: 'Math.abs(Math.floor(now / 1000) - Number(timestamp))',
				to: 'Math.floor(now / 1000) - Number(timestamp)',
			},
		],
	},
	{
		name: 'Trigger: an empty signature is let in',
		harm: 'executions by anybody',
		changes: [
			{
				file: VERIFY,
				from: 'if (acceptUnsigned) return',
				to: "if (signature === '' || acceptUnsigned) return",
			},
		],
	},
	{
		name: 'Trigger: the link of an unsigned call is followed',
		harm: 'downloads from anywhere',
		changes: [
			{
				file: RECEIVE,
				from: 'const url = verdict.isSigned ? textOf(event.data.result_url) : undefined;',
				to: 'const url = textOf(event.data.result_url);',
			},
		],
	},
	{
		name: 'Trigger: deliveries are remembered for an hour',
		harm: 'a second execution',
		changes: [
			{
				file: DELIVERIES,
				from: 'const CLAIM_LIFETIME_MS = 24 * 60 * 60 * 1000;',
				to: 'const CLAIM_LIFETIME_MS = 60 * 60 * 1000;',
			},
		],
	},
	{
		name: 'Trigger: a delivery is claimed a moment after the look',
		harm: 'an execution for each copy',
		changes: [
			{
				file: DELIVERIES,
				from: 'own.set(delivery, claimOf(delivery, now));\n\tforgetSurplus(own);\n\treturn true;',
				to: 'void Promise.resolve().then(() => own.set(delivery, claimOf(delivery, now)));\n\treturn true;',
			},
		],
	},
	{
		name: 'Trigger: claims are not saved',
		harm: 'a second execution after a restart',
		changes: [{ file: RECEIVE, from: 'if (!isTest) storeClaims(trigger, stored);', to: '' }],
	},
	{
		name: 'Trigger: only the newest claim is saved',
		harm: 'a second execution after a restart',
		changes: [
			{
				file: DELIVERIES,
				from: '[...claimsOf(trigger).values()].map(',
				to: '[...claimsOf(trigger).values()].slice(-1).map(',
			},
		],
	},
	{
		name: 'Trigger: saved claims are not read',
		harm: 'a second execution after a restart',
		changes: [
			{ file: DELIVERIES, from: 'takeOver(own, stored, now);', to: 'takeOver(own, {}, now);' },
		],
	},
	{
		name: 'Trigger: an event of a job is taken for a copy of another one',
		harm: 'a finished video that nobody hears of',
		changes: [
			{
				file: 'nodes/Deapi/webhook/event.ts',
				from: 'deliveryKey: deliveryKey(payload.delivery_id, body),',
				to: "deliveryKey: requestId ?? '',",
			},
		],
	},
];
