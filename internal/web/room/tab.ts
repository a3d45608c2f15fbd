// One tab of a device may write at a time.

const name = "kaoping-room";
const patience = 1500; // ms: a tab that is just being reloaded lets go within this
const silence = 300; // ms in which an open tab would have answered

/** Resolves to whether this tab may go on; it then holds the room until it closes. */
export function holdRoom(): Promise<boolean> {
  if (navigator.locks) return holdLock();
  if (typeof BroadcastChannel !== "undefined") return askTabs();
  return Promise.resolve(true);
}

function holdLock(): Promise<boolean> {
  return new Promise((resolve) => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), patience);
    const held = () => {
      clearTimeout(timer);
      resolve(true);
      return new Promise<void>(() => {}); // until the tab closes
    };
    navigator.locks.request(name, { signal: abort.signal }, held).catch(() => resolve(false));
  });
}

function askTabs(): Promise<boolean> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(name);
    const self = Date.now() + Math.random(); // of two that open at once, the earlier one stays
    let holding = false;
    let refused = false;
    channel.onmessage = ({ data }) => {
      if (data.ask && !refused && (holding || self < data.ask)) channel.postMessage({ taken: data.ask });
      if (data.taken === self) refused = true;
    };
    channel.postMessage({ ask: self });
    setTimeout(() => {
      holding = !refused;
      if (refused) channel.close();
      resolve(holding);
    }, silence);
  });
}
