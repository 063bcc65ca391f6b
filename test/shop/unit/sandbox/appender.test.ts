import {
  createAppender,
  JournalClosedError,
  type AppendFile,
} from '../../../../domains/shop/sandbox/appender';

/** A disk that records what it is asked, and works only when told. */
function slowDisk() {
  const asked: string[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const work = (what: string) => {
    asked.push(what);
    return new Promise<void>((resolve, reject) => void waiting.push({ resolve, reject }));
  };
  const file: AppendFile = {
    appendFile: (text) => work(`write ${JSON.stringify(text)}`),
    datasync: () => work('sync'),
    close: () => {
      asked.push('close');
      return Promise.resolve();
    },
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    file,
    asked,
    finishOne: async () => {
      await turn();
      waiting.shift()?.resolve();
      await turn();
    },
    failOne: async () => {
      await turn();
      waiting.shift()?.reject(new Error('the disk is full'));
      await turn();
    },
  };
}

test('an append is done when its line is written and synced, not before', async () => {
  const disk = slowDisk();
  const done = jest.fn();
  void createAppender(disk.file).append('a').then(done);
  await disk.finishOne();
  expect(disk.asked).toEqual(['write "a\\n"', 'sync']);
  expect(done).not.toHaveBeenCalled();
  await disk.finishOne();
  expect(done).toHaveBeenCalled();
});

test('lines that come while the disk is busy go together, in order, with one sync', async () => {
  const disk = slowDisk();
  const appender = createAppender(disk.file);
  void appender.append('a');
  await new Promise((resolve) => setImmediate(resolve));
  appender.note('b');
  void appender.append('c');
  const flushed = jest.fn();
  void appender.flushed().then(flushed);
  await disk.finishOne();
  await disk.finishOne();
  expect(disk.asked).toEqual(['write "a\\n"', 'sync', 'write "b\\nc\\n"']);
  expect(flushed).not.toHaveBeenCalled();
  await disk.finishOne();
  await disk.finishOne();
  expect(flushed).toHaveBeenCalled();
});

test('a note alone is written without a sync', async () => {
  const disk = slowDisk();
  const appender = createAppender(disk.file);
  appender.note('a');
  await disk.finishOne();
  await appender.flushed();
  expect(disk.asked).toEqual(['write "a\\n"']);
});

test('after a failed write nothing is promised any more', async () => {
  const disk = slowDisk();
  const appender = createAppender(disk.file);
  const first = expect(appender.append('a')).rejects.toThrow('the disk is full');
  await disk.failOne();
  await first;
  await expect(appender.append('b')).rejects.toThrow('the disk is full');
  await expect(appender.flushed()).rejects.toThrow('the disk is full');
  expect(disk.asked).toEqual(['write "a\\n"']);
});

test('close writes what waits; later lines are refused', async () => {
  const disk = slowDisk();
  const appender = createAppender(disk.file);
  const line = appender.append('a');
  const closed = appender.close();
  await disk.finishOne();
  await disk.finishOne();
  await Promise.all([line, closed, appender.close()]);
  expect(disk.asked).toEqual(['write "a\\n"', 'sync', 'close']);
  await expect(appender.append('b')).rejects.toThrow(JournalClosedError);
});
