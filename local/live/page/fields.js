// What became of each field: the raw order and the sanitized event, walked side by side. Knows no page.

const TOKEN = /^tok_[0-9a-hjkmnp-tv-z]{26}$/;
const plain = (value) => typeof value === "object" && value !== null;
const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));

// Rows in the order of the raw record; what only the event has stands behind the key before it there.
function keys(raw, event) {
  const merged = Object.keys(raw);
  let at = 0;
  for (const key of Object.keys(event)) {
    const known = merged.indexOf(key);
    at = known < 0 ? at : known;
    if (known < 0) merged.splice(at++, 0, key);
    else at = known + 1;
  }
  return merged;
}

function fate(key, raw, event, siblings) {
  if (raw === undefined) {
    const from = siblings.find((each) => key.startsWith(`${each}_`));
    return { fate: from ? "derived" : "added", from };
  }
  if (event === undefined) return { fate: "removed" };
  if (TOKEN.test(event)) return { fate: "token" };
  if (text(raw) === text(event)) return { fate: "public" };
  return { fate: text(raw).startsWith(text(event)) ? "shortened" : "changed" };
}

function walk(raw, event, waiting, depth, path, rows) {
  for (const key of keys(raw, event)) {
    const [left, right] = [raw[key], event[key]];
    const here = { key, depth, from: `${path}/${key}` };
    if (plain(left) && (waiting || plain(right))) {
      rows.push({ ...here, fate: "group", raw: "", event: "" });
      walk(left, right ?? {}, waiting, depth + 1, here.from, rows);
      continue;
    }
    const found = waiting ? { fate: "waiting" } : fate(key, left, right, Object.keys(raw));
    rows.push({
      ...here,
      fate: found.fate,
      from: found.from ? `${path}/${found.from}` : here.from,
      raw: left === undefined ? undefined : text(left),
      event: right === undefined ? undefined : text(right),
    });
  }
  return rows;
}

/** Rows of {key, depth, fate, from, raw, event}; `event` is EventBridge's, or null while there is none. */
export function compare(raw, event) {
  if (!event) return walk(raw, {}, true, 0, "", []);
  const { metadata, data } = event.detail;
  return walk(raw, { event_type: event["detail-type"], ...metadata, ...data }, false, 0, "", []);
}
