// Changes that the server has not confirmed yet, kept on this device: in
// IndexedDB, else in localStorage, else only in this page.

import { Answer, Opened } from "./wire";

/** One change as queued. The last one of a question replaces those before. */
export interface Entry extends Answer {
  attempt: string;
  question: string;
  version: string; // of this very change
  after: number; // the last sequence number this device had given out when it was queued
  queued_at: number; // milliseconds of the server's clock
}

/** A place that keeps entries by attempt and question. */
export interface Store {
  readonly durable: boolean; // outlives the page
  put(entry: Entry): Promise<void>;
  remove(entry: Entry): Promise<void>; // nothing, if a newer version is kept by now
  all(): Promise<Entry[]>;
}

const old = 48 * 3600_000; // after this, what another candidate left is cleared
const patience = 3000; // ms: some browsers leave a request open for ever

/** Opens the best place there is, and clears what is long over. */
export async function openStore(attempt: string, now: number): Promise<Store> {
  const probe: Entry = { attempt: "", question: "", version: "", after: 0, queued_at: now, choice: [], text: [], flagged: false };
  for (const place of [() => indexed(attempt, now), async () => local(attempt, now)]) {
    try {
      const store = await within(place());
      await store.put(probe);
      await store.remove(probe);
      return store;
    } catch {
      continue; // private window, full disk, switched off: the next best
    }
  }
  return memory();
}

function within<T>(work: Promise<T>): Promise<T> {
  return Promise.race([work, new Promise<T>((_, reject) => setTimeout(() => reject(new Error("too slow")), patience))]);
}

const name = "kaoping-room";
const changes = "changes";

async function indexed(attempt: string, now: number): Promise<Store> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(changes, { keyPath: ["attempt", "question"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const write = (act: (store: IDBObjectStore) => void) =>
    within(
      new Promise<void>((resolve, reject) => {
        const tx = db.transaction(changes, "readwrite", { durability: "strict" }); // power cuts happen
        tx.oncomplete = () => resolve();
        tx.onabort = tx.onerror = () => reject(tx.error);
        act(tx.objectStore(changes));
      }),
    );
  const read = () =>
    within(
      new Promise<Entry[]>((resolve, reject) => {
        const request = db.transaction(changes).objectStore(changes).getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      }),
    );
  const key = (entry: Entry) => [entry.attempt, entry.question];
  await write((store) => {
    const request = store.openCursor();
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return;
      if (expired(cursor.value, attempt, now)) cursor.delete();
      cursor.continue();
    };
  });
  return {
    durable: true,
    put: (entry) => write((store) => store.put(entry)),
    remove: (entry) =>
      write((store) => {
        const request = store.get(key(entry));
        request.onsuccess = () => {
          if (request.result && request.result.version === entry.version) store.delete(key(entry));
        };
      }),
    all: async () => (await read()).filter((entry) => entry.attempt === attempt),
  };
}

function local(attempt: string, now: number): Store {
  const key = (entry: Entry) => `${name}/${entry.attempt}/${entry.question}`;
  const kept = (): Entry[] =>
    Object.keys(localStorage)
      .filter((k) => k.startsWith(name + "/"))
      .map((k) => JSON.parse(localStorage.getItem(k) || ""));
  const drop = (entry: Entry) => localStorage.removeItem(key(entry));
  kept().filter((entry) => expired(entry, attempt, now)).forEach(drop);
  return {
    durable: true,
    put: async (entry) => localStorage.setItem(key(entry), JSON.stringify(entry)),
    remove: async (entry) => kept().filter((k) => key(k) === key(entry) && k.version === entry.version).forEach(drop),
    all: async () => kept().filter((entry) => entry.attempt === attempt),
  };
}

function memory(): Store {
  return { durable: false, put: async () => {}, remove: async () => {}, all: async () => [] };
}

function expired(entry: Entry, attempt: string, now: number): boolean {
  return entry.attempt !== attempt && entry.queued_at < now - old;
}

/** Parts entries into those that go before what the server has, and those that lost. */
export function sift(entries: Entry[], opened: Opened): { newer: Entry[]; lost: Entry[] } {
  const answers = opened.answers || {};
  const wins = (entry: Entry) => isNewer(entry, opened.seq, answers[entry.question] && answers[entry.question].saved_at);
  return { newer: entries.filter(wins), lost: entries.filter((entry) => !wins(entry)) };
}

/**
 * Whether a kept entry goes before what the server has. seq is that of the last
 * save: while it is this device's own, nobody can have written a later answer;
 * otherwise the clock decides.
 */
export function isNewer(entry: Entry, seq: number, savedAt: string | undefined): boolean {
  return savedAt === undefined || seq <= entry.after || entry.queued_at > Date.parse(savedAt);
}
