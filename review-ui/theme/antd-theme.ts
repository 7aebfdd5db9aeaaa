/** The same few tokens for antd, so that its controls sit quietly on the desk. */
import { type ThemeConfig, theme } from 'antd';
import type { Shade } from './use-shade.ts';

const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif';

export function antdTheme(shade: Shade): ThemeConfig {
  const dark = shade === 'dark';
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: dark ? '#7fb0ea' : '#1f4e8c',
      colorLink: dark ? '#7fb0ea' : '#1f4e8c',
      colorError: dark ? '#f28b82' : '#b3261e',
      colorTextBase: dark ? '#e3e6ea' : '#1b1f24',
      colorBgBase: dark ? '#111417' : '#ffffff',
      colorTextLightSolid: dark ? '#0d1116' : '#ffffff',
      fontFamily: FONT,
      fontSize: 14,
      lineHeight: 22 / 14,
      borderRadius: 4,
      borderRadiusLG: 4,
      controlHeight: 32,
      motionDurationMid: '0.1s',
      motionDurationSlow: '0.12s',
      boxShadow: dark ? '0 4px 16px rgba(0,0,0,.6)' : '0 4px 16px rgba(20,30,45,.14)',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
      Modal: { titleFontSize: 16 },
    },
  };
}
