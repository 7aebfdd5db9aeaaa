/**
 * Turns keydown events into acts. The guard is the point: a Chinese input method sends keydown events of its own
 * (`isComposing`, or keyCode 229 in older engines), and a letter typed into a field must never decide a case.
 */
import { actOf, type KeyAct, PREFIXES } from './keymap.ts';

/** The part of a keyboard event the decision needs, so that it can be tested without a browser. */
export interface KeyLike {
  readonly key: string;
  readonly keyCode: number;
  readonly isComposing: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
}
export interface KeyPlace {
  /** A field that takes text or a widget with keys of its own has focus. */
  readonly inField: boolean;
  /** A button or link has focus: Enter and Space belong to it. */
  readonly onControl: boolean;
  /** A dialog or drawer is open. */
  readonly inDialog: boolean;
}
export interface KeyDecision {
  readonly act: KeyAct | null;
  /** First key of a sequence that waits for its second. */
  readonly pending: string | null;
}

const NOTHING: KeyDecision = { act: null, pending: null };
const REPEATABLE: ReadonlySet<KeyAct> = new Set(['down', 'up']);

/** Decides what a key does. Held keys pass into fields, never into dialogs, which have their own. */
export function decideKey(event: KeyLike, place: KeyPlace, pending: string | null): KeyDecision {
  if (event.isComposing || event.keyCode === 229 || event.key === 'Process' || event.altKey || place.inDialog) return NOTHING;
  if (event.ctrlKey || event.metaKey) {
    const act = actOf(`Ctrl+${event.key.length === 1 ? event.key.toLowerCase() : event.key}`);
    return event.repeat ? NOTHING : { act, pending: null };
  }
  // out of a field and back to the single keys
  if (place.inField) return event.key === 'Escape' ? { act: 'escape', pending: null } : NOTHING;
  if (place.onControl && (event.key === 'Enter' || event.key === ' ')) return NOTHING;
  if (pending !== null) return { act: event.repeat ? null : actOf(`${pending} ${event.key}`), pending: null };
  if (PREFIXES.has(event.key)) return { act: null, pending: event.repeat ? null : event.key };
  const act = actOf(event.key);
  return act !== null && event.repeat && !REPEATABLE.has(act) ? NOTHING : { act, pending: null };
}
