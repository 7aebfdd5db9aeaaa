/** Which language the desk speaks: kept on this machine, Chinese unless chosen otherwise. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { en } from './en.ts';
import { type Words, zh } from './zh-cn.ts';

export type Language = 'zh' | 'en';
const KEY = 'pincha.language';

interface LanguageValue {
  readonly language: Language;
  readonly words: Words;
  readonly toggle: () => void;
}
const Context = createContext<LanguageValue>({ language: 'zh', words: zh, toggle: () => undefined });

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => (localStorage.getItem(KEY) === 'en' ? 'en' : 'zh'));
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    localStorage.setItem(KEY, language);
  }, [language]);
  const value = useMemo<LanguageValue>(
    () => ({ language, words: language === 'zh' ? zh : en, toggle: () => setLanguage((now) => (now === 'zh' ? 'en' : 'zh')) }),
    [language],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

/** The words of the chosen language. */
export const useWords = (): Words => useContext(Context).words;
export const useLanguage = (): LanguageValue => useContext(Context);
