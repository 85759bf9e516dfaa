package dev.signalbox.ping.map;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.MapTheme;
import java.awt.image.IndexColorModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The colours can be told apart by their lightness alone, which every eye sees. */
class PaletteTest {

  /** CIE L*, 0 to 100. */
  private static double lightness(IndexColorModel palette, int entry) {
    double luminance =
        0.2126 * linear(palette.getRed(entry))
            + 0.7152 * linear(palette.getGreen(entry))
            + 0.0722 * linear(palette.getBlue(entry));
    return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
  }

  private static double linear(int channel) {
    double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  @ParameterizedTest
  @EnumSource(MapTheme.class)
  void givenMoreAnswers_whenTheyAreColoured_thenTheyLieFurtherFromThePage(MapTheme theme) {
    IndexColorModel palette = Palette.of(theme);
    double paper = lightness(palette, Palette.PAPER);

    for (int level = 1; level < Palette.LEVELS; level++) {
      double before = Math.abs(lightness(palette, Palette.RAMP + level - 1) - paper);
      double after = Math.abs(lightness(palette, Palette.RAMP + level) - paper);
      // Rounding to 8 bits a channel may take a little back.
      assertThat(after).as("level %s", level).isGreaterThan(before - 0.3);
    }
    assertThat(
            Math.abs(
                lightness(palette, Palette.RAMP)
                    - lightness(palette, Palette.RAMP + Palette.LEVELS - 1)))
        .isGreaterThan(70);
  }

  @ParameterizedTest
  @EnumSource(MapTheme.class)
  void givenBlocksWithoutAnswers_whenTheyAreColoured_thenEachStateCanBeToldFromDone(
      MapTheme theme) {
    IndexColorModel palette = Palette.of(theme);
    double nobody = lightness(palette, Palette.NOBODY);

    for (int state : new int[] {0, 1, 3, CensusMap.OUTSIDE}) {
      assertThat(Math.abs(lightness(palette, state) - nobody))
          .as("state %s", state)
          .isGreaterThan(10);
    }
    assertThat(Math.abs(lightness(palette, 0) - lightness(palette, CensusMap.OUTSIDE)))
        .isGreaterThan(10);
  }

  @ParameterizedTest
  @EnumSource(MapTheme.class)
  void givenOneAnswerOfMany_whenItIsColoured_thenItIsNotTheColourOfNone(MapTheme theme) {
    assertThat(Palette.density(0, 65_536)).isEqualTo(Palette.NOBODY);
    assertThat(Palette.density(1, 65_536)).isEqualTo(Palette.RAMP + 1);
    assertThat(Palette.density(65_536, 65_536)).isEqualTo(Palette.RAMP + Palette.LEVELS - 1);
    assertThat(
            Math.abs(
                lightness(Palette.of(theme), Palette.RAMP)
                    - lightness(Palette.of(theme), Palette.NOBODY)))
        .isGreaterThan(8);
  }
}
