/** Hands acts to whoever is on the page: the newest listener that knows an act gets it. */
import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useRef } from 'react';
import { decideKey, type KeyPlace } from './dispatch.ts';
import type { KeyAct } from './keymap.ts';

export type KeyHandlers = Partial<Record<KeyAct, (event: KeyboardEvent) => void>>;

const stack: { current: KeyHandlers }[] = [];
let pending: string | null = null;
let pendingTimer: ReturnType<typeof setTimeout> | undefined;
let installed = false;

const FIELD =
  'input, textarea, select, [contenteditable=""], [contenteditable="true"], [role="combobox"], [role="listbox"], [role="menu"], [role="radiogroup"]';
const CONTROL = 'button, a[href], summary, [role="button"], [role="tab"], [role="switch"], [role="checkbox"]';
const DIALOG = '[role="dialog"], [aria-modal="true"]';

/** Whether a dialog is on screen: antd keeps closed ones in the page, hidden. */
const dialogOpen = (): boolean => [...document.querySelectorAll<HTMLElement>(DIALOG)].some((node) => node.checkVisibility?.() ?? node.offsetParent !== null);

function placeOf(target: EventTarget | null): KeyPlace {
  const node = target instanceof Element ? target : null;
  return { inField: Boolean(node?.closest(FIELD)), onControl: Boolean(node?.closest(CONTROL)), inDialog: dialogOpen() };
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const decision = decideKey(event, placeOf(event.target), pending);
  clearTimeout(pendingTimer);
  pending = decision.pending;
  if (pending !== null) pendingTimer = setTimeout(() => (pending = null), 1_500);
  if (decision.act === null) return;
  for (let i = stack.length - 1; i >= 0; i -= 1) {
    const handler = stack[i]?.current[decision.act];
    if (handler) {
      event.preventDefault();
      handler(event);
      return;
    }
  }
}

/** Listens for acts while the component is on screen. Handlers may change with every render. */
export function useKeys(handlers: KeyHandlers): void {
  const ref = useRef(handlers);
  ref.current = handlers;
  useEffect(() => {
    if (!installed) {
      window.addEventListener('keydown', onKeyDown);
      installed = true;
    }
    stack.push(ref);
    return () => {
      stack.splice(stack.indexOf(ref), 1);
    };
  }, []);
}

/** For fields inside dialogs: Ctrl+Enter that is not an input method's. */
export const isSubmitKey = (event: { key: string; ctrlKey: boolean; metaKey: boolean; nativeEvent: { isComposing: boolean; keyCode: number } }): boolean =>
  event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing && event.nativeEvent.keyCode !== 229;

/** Keys inside a dialog that belong to an input method. */
export const composing = (event: ReactKeyboardEvent): boolean => event.nativeEvent.isComposing || event.keyCode === 229;
