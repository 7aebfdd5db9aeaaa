/** The filter above a list, a sentence one can edit: what was picked stands in the address, so that a list can be sent to somebody. */
import { Input, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';

export interface Filters<F extends string> {
  readonly filter: Partial<Record<F, string>>;
  /** Sets one part of the filter; '' takes it away. */
  readonly set: (field: F, value: string) => void;
  readonly drop: (...fields: F[]) => void;
}

/** The parts of a filter as they stand in the address. */
export function useFilters<F extends string>(fields: readonly F[]): Filters<F> {
  const [params, setParams] = useSearchParams();
  const change = (edit: (next: URLSearchParams) => void) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        edit(next);
        return next;
      },
      { replace: true },
    );
  return {
    filter: Object.fromEntries(fields.flatMap((field) => (params.get(field) ? [[field, params.get(field)]] : []))) as Partial<Record<F, string>>,
    set: (field, value) => change((next) => (value ? next.set(field, value) : next.delete(field))),
    drop: (...gone) =>
      change((next) => {
        for (const field of gone) next.delete(field);
      }),
  };
}

interface PickProps {
  readonly value: string | undefined;
  /** Said when nothing is picked; also what the choice is called. */
  readonly blank: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}

export function FilterPick({ value, blank, options, onChange }: PickProps) {
  return (
    <Select
      variant="borderless"
      size="small"
      className={value ? 'said' : 'unsaid'}
      value={value ?? ''}
      aria-label={blank}
      popupMatchSelectWidth={180}
      options={[{ value: '', label: blank }, ...options]}
      onChange={onChange}
    />
  );
}

interface SearchProps {
  readonly value: string | undefined;
  readonly label: string;
  readonly width: number;
  readonly onSearch: (text: string) => void;
}

/** Asks on Enter and when it is left, never with an Enter that belongs to an input method. */
export function FilterSearch({ value = '', label, width, onSearch }: SearchProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <Input
      size="small"
      variant="underlined"
      style={{ width }}
      value={text}
      placeholder={label}
      aria-label={label}
      allowClear
      onChange={(event) => {
        setText(event.target.value);
        if (!event.target.value) onSearch('');
      }}
      onPressEnter={(event) => {
        if (!event.nativeEvent.isComposing && event.keyCode !== 229) onSearch(text.trim());
      }}
      onBlur={() => {
        if (text.trim() !== value) onSearch(text.trim());
      }}
    />
  );
}
