/**
 * The one way a package's ZIP may be written, so that every byte of it follows from names and contents: parts stored
 * without compression, one behind the other without gaps, no extra fields, no comment, one fixed date. The writer
 * writes these bytes and the verifier rebuilds and compares them, so nothing can hide in a header, and there is
 * nothing to inflate. Packages end below 4 GiB; ZIP64 is not written.
 */
export interface ZipEntry {
  readonly path: string;
  /** CRC-32 of the content. */
  readonly crc: number;
  /** Length of the content in bytes. */
  readonly bytes: number;
}

export const LOCAL_BYTES = 30;
export const CENTRAL_BYTES = 46;
export const END_BYTES = 22;
/** ZIP without its 64-bit extension ends here. */
export const MAX_ZIP_BYTES = 0xffff_ffff;
export const MAX_ZIP_ENTRIES = 0xffff;

/** 1980-01-01 00:00, the first date ZIP knows: when a part was written says nothing and would make bytes differ. */
const DATE = 0x21;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;

const PATH = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*){0,7}$/;

/** Whether a part may have this name: ASCII, relative, no dots at the beginning of a step, at most 200 characters. */
export const partNameAllowed = (path: string): boolean => path.length <= 200 && PATH.test(path);

/** The 30 bytes and the name before a part's content. */
export function localHeader({ path, crc, bytes }: ZipEntry): Buffer {
  const name = Buffer.from(path, 'latin1');
  const head = Buffer.alloc(LOCAL_BYTES);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(VERSION, 4);
  head.writeUInt16LE(FLAGS, 6);
  head.writeUInt16LE(DATE, 12);
  head.writeUInt32LE(crc, 14);
  head.writeUInt32LE(bytes, 18);
  head.writeUInt32LE(bytes, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, name]);
}

/** The entry of a part in the central directory. @param offset where its local header begins */
export function centralHeader({ path, crc, bytes }: ZipEntry, offset: number): Buffer {
  const name = Buffer.from(path, 'latin1');
  const head = Buffer.alloc(CENTRAL_BYTES);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(VERSION, 4);
  head.writeUInt16LE(VERSION, 6);
  head.writeUInt16LE(FLAGS, 8);
  head.writeUInt16LE(DATE, 14);
  head.writeUInt32LE(crc, 16);
  head.writeUInt32LE(bytes, 20);
  head.writeUInt32LE(bytes, 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, name]);
}

/** The last 22 bytes of the file. */
export function endRecord(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(directoryOffset, 16);
  return end;
}
