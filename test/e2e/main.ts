import { retriesLoseTheirCredential, triggerLosesItsCredential } from './attacks/credential';
import { retryLeavesTheUnclear, retryMakesTheClip, retrySendsTheRest } from './attacks/retry';
import { burstOfDeliveries } from './attacks/burst';
import { keyIsWrong, soundChanges } from './attacks/changed-sound';
import { stopEndsTheRetries } from './attacks/stop';
import { parentIsStopped, subWorkflowIsRepeated } from './attacks/sub-workflow';
import { examplesOnCanvas } from './browser/canvas';
import { credentialIsMade } from './browser/credential';
import type { Editor } from './editor/editor';
import { errorIsShown, videoIsMade } from './browser/generate';
import { newcomerGetsVideo } from './browser/newcomer';
import { modelIsUnknown, soundIsTooLong } from './panel/messages';
import { optionsAreInOrder } from './panel/options';
import { secretIsMissing } from './panel/publish';
import { panelExplains } from './panel/fields';
import { jobSurvivesStop } from './panel/stop';
import { toolExplains } from './panel/tool';
import { nodeIsFound, triggerIsFound } from './browser/search';
import { triggerIsTested } from './browser/trigger';
import { EDITS } from './feeds/edits';
import { ideaBecomesFilm } from './feeds/idea';
import { musicIsMade } from './feeds/music';
import { pictureIsMade } from './feeds/picture';
import { productBecomesVideo } from './feeds/product';
import { promptIsEnhanced } from './feeds/prompt';
import { speechIsMade } from './feeds/speech';
import { storyboardIsApproved } from './feeds/storyboard';
import { subtitlesExample } from './feeds/subtitles';
import { transcriptIsMade } from './feeds/transcript';
import { videoIsUpscaled } from './feeds/upscale';
import { failedClipIsShown, filmIsMade } from './film/browser';
import { firstMinute } from './film/first-minute';
import { demoPlays } from './film/demo';
import { sameSinger } from './film/one-face';
import { mp3OfGame, oggOfGame } from './film/real-song';
import { filmInS3 } from './film/s3';
import { playground } from './scenarios/playground';
import { asleep } from './film/asleep';
import { killedInTheMiddle } from './film/killed';
import { clipFails, limitInTheMiddle } from './film/limits';
import { stoppedWithRetry } from './film/stop';
import { teaserOfSong } from './film/teaser';
import { wholeSong } from './film/whole-song';
import type { Scene } from './scene';
import { playAll } from './play';
import { agentTool } from './scenarios/agent';
import { batchWithContinue, batchWithErrorOutput } from './scenarios/batch';
import { credentialIsTested, modelsAreListed } from './scenarios/credential';
import { eventDriven, eventDrivenOnV2, forgedCallsAreRefused } from './scenarios/event-driven';
import { logIsClean } from './scenarios/log';
import { matchAudioFromUrl } from './scenarios/match-audio';
import { usualModelGoes } from './scenarios/models';
import { priceGate } from './scenarios/price-gate';
import { webhookAfterRestart } from './scenarios/restart';
import { lyricsExample, wholeSongExample } from './scenarios/song-examples';
import { songToVideo } from './scenarios/song-to-video';
import { textToSpeechToVideo } from './scenarios/speech';
import { storeAndPost } from './scenarios/store-and-post';
import { runAndTearDown } from './machine/teardown';

const BY_API: Record<string, (scene: Scene) => Promise<void>> = {
	'The credential is tested': credentialIsTested,
	'The models are listed': modelsAreListed,
	'Song to video': songToVideo,
	'The video as long as a song from a URL': matchAudioFromUrl,
	'Submit, and save the video when deAPI calls': eventDriven,
	'The same with API version v2': eventDrivenOnV2,
	'Forged calls start nothing': forgedCallsAreRefused,
	'Three songs, one broken, with an error output': batchWithErrorOutput,
	'Three songs, one broken, on one output': batchWithContinue,
	'The price decides': priceGate,
	'Stored in a bucket and posted': storeAndPost,
	'Text to speech to video': textToSpeechToVideo,
	'Subtitles beside a video': subtitlesExample,
	'The example of a whole song': wholeSongExample,
	'The example of lyrics with times': lyricsExample,
	'A teaser out of the middle of a song': teaserOfSong,
	'A whole song in one node, and its memory': wholeSong,
	'A whole song, and a 429 in its middle': limitInTheMiddle,
	'A whole song of which a clip fails': clipFails,
	'A whole song, stopped by hand': stoppedWithRetry,
	'A whole song, and n8n dies in its middle': killedInTheMiddle,
	'The example that sleeps, and n8n dies meanwhile': asleep,
	"An AI agent's tool": agentTool,
	'A whole song, with files in S3': filmInS3,
	'A webhook after a restart': webhookAfterRestart,
	'Attack: Retry of a failed execution sends the rest': retrySendsTheRest,
	'Attack: Retry leaves the unclear alone': retryLeavesTheUnclear,
	'Attack: Retry makes only the failed clip': retryMakesTheClip,
	'Attack: Stop ends the retries': stopEndsTheRetries,
	'Attack: the trigger loses its credential': triggerLosesItsCredential,
	'Attack: the retries lose their credential': retriesLoseTheirCredential,
	'Attack: a sub-workflow is repeated': subWorkflowIsRepeated,
	'Attack: the parent is stopped': parentIsStopped,
	'Attack: the sound changes between two tries': soundChanges,
	'Attack: a film with a wrong key': keyIsWrong,
	'Attack: a burst of deliveries': burstOfDeliveries,
	// The models that n8n has read meanwhile are those of the next minute, which the playground takes to start.
	'The usual model goes': usualModelGoes,
	'The playground': playground,
	"n8n's log holds no secrets": logIsClean,
};

const BY_BROWSER: Record<string, (scene: Scene, editor: Editor) => Promise<void>> = {
	'Browser: the node is found': nodeIsFound,
	'Browser: the trigger is found': triggerIsFound,
	'Browser: the panel explains itself': panelExplains,
	'Browser: the options are in order': optionsAreInOrder,
	'Browser: a song is too long': soundIsTooLong,
	'Browser: a model is unknown': modelIsUnknown,
	'Browser: the trigger is not published without a secret': secretIsMissing,
	'Browser: the tool explains itself': toolExplains,
	'Browser: the job survives a stop': jobSurvivesStop,
	'Browser: a video is made': videoIsMade,
	'Browser: a whole song becomes a film': filmIsMade,
	'Browser: the first minute': firstMinute,
	'Browser: a song of a game, an MP3': mp3OfGame,
	'Browser: a song of a game, an OGG': oggOfGame,
	'Browser: one face in every clip': sameSinger,
	'Browser: a clip fails': failedClipIsShown,
	'Browser: the film of the demo plays': demoPlays,
	'Browser: speech is made': speechIsMade,
	'Browser: music is made': musicIsMade,
	'Browser: a transcript is made': transcriptIsMade,
	'Browser: an image is made': pictureIsMade,
	'Browser: a prompt is enhanced': promptIsEnhanced,
	'Browser: a video is upscaled': videoIsUpscaled,
	...EDITS,
	'Browser: a picture of a product becomes a video': productBecomesVideo,
	'Browser: a storyboard is approved': storyboardIsApproved,
	'Browser: an idea becomes a film in a bucket': ideaBecomesFilm,
	'Browser: an error is shown': errorIsShown,
	'Browser: a credential is made': credentialIsMade,
	'Browser: the trigger is tested': triggerIsTested,
	'Browser: the examples on the canvas': examplesOnCanvas,
	// The last one: it throws away the credential.
	'Browser: a newcomer gets a video': newcomerGetsVideo,
};

/**
 * Tries the packed package in a real n8n: `npm run e2e`, or `npm run e2e -- 'price|song'` for the
 * scenarios whose titles match.
 */
void runAndTearDown(async () => await playAll(BY_API, BY_BROWSER, process.argv[2] ?? ''));
