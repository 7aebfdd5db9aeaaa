/**
 * The process that reads pictures: strangers' bytes are decoded here and nowhere else, one at a time, so that what
 * goes wrong takes this process with it and nothing more. Its parent limits its time and memory (`picture-reader.ts`).
 */
import { loadEngine, type OcrEngine } from '../classifiers/image/engine.ts';
import { ENGINE } from '../classifiers/image/header.ts';
import { readPicture } from '../classifiers/image/read-picture.ts';
import { reasonOf } from '../core/errors.ts';
import { type PictureReading, unread } from '../core/model/picture.ts';

let engine: Promise<OcrEngine> | null = null;

async function read(bytes: Uint8Array): Promise<PictureReading> {
  try {
    engine ??= loadEngine();
    return await readPicture(await engine, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    return unread(ENGINE, 'unreadable', reasonOf(error).slice(0, 200));
  }
}

process.on('message', ({ bytes }: { bytes: Uint8Array }) => {
  void read(bytes).then((reading) => process.send?.(reading));
});
// An orphan has nobody to read for.
process.on('disconnect', () => process.exit(0));
