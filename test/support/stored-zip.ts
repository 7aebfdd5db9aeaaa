/** A zip archive of stored parts, in the order given: what a test needs to lay a file out as another program would. */
export function storedZip(parts: Readonly<Record<string, string | Buffer>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(parts)) {
    const [path, body] = [Buffer.from(name), Buffer.from(text as string)];
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    for (const offset of [18, 22]) head.writeUInt32LE(body.length, offset);
    head.writeUInt16LE(path.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    for (const offset of [20, 24]) entry.writeUInt32LE(body.length, offset);
    entry.writeUInt16LE(path.length, 28);
    entry.writeUInt32LE(at, 42);
    bodies.push(head, path, body);
    directory.push(entry, path);
    at += head.length + path.length + body.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  for (const offset of [8, 10]) end.writeUInt16LE(directory.length / 2, offset);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, listed, end]);
}
