package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EntityTagTest {

  private static final FileVersion VERSION = new FileVersion(7, 1_000, 1_700_000_000_000_000_000L);

  @Test
  void givenAVersion_whenAnythingOfItDiffers_thenTheTagDiffers() {
    String tag = EntityTag.of(VERSION, null);

    assertThat(tag).matches("\"[0-9a-v]{13}\"").isEqualTo(EntityTag.of(VERSION, null));
    assertThat(EntityTag.of(new FileVersion(8, 1_000, VERSION.modifiedNanos()), null))
        .isNotEqualTo(tag);
    assertThat(EntityTag.of(new FileVersion(7, 1_001, VERSION.modifiedNanos()), null))
        .isNotEqualTo(tag);
    assertThat(EntityTag.of(new FileVersion(7, 1_000, VERSION.modifiedNanos() + 1), null))
        .isNotEqualTo(tag);
  }

  @Test
  void givenACoding_whenTagged_thenTheTagSaysSo() {
    assertThat(EntityTag.of(VERSION, Coding.ZSTD)).endsWith("-zst\"");
    assertThat(EntityTag.of(VERSION, Coding.BR)).endsWith("-br\"");
  }

  @Test
  void givenConditions_whenMatched_thenTheComparisonIsStrong() {
    assertThat(EntityTag.matches("*", "\"a\"", false)).isTrue();
    assertThat(EntityTag.matches("*", null, false)).isFalse();
    assertThat(EntityTag.matches("\"a\"", "\"a\"", false)).isTrue();
    assertThat(EntityTag.matches("\"b\", \"a\"", "\"a\"", false)).isTrue();
    assertThat(EntityTag.matches("\"b,c\" ,\t\"a\"", "\"a\"", false)).isTrue();
    assertThat(EntityTag.matches("W/\"a\"", "\"a\"", false)).isFalse();
    assertThat(EntityTag.matches("W/\"x\",\"a\"", "\"a\"", false)).isTrue();
    assertThat(EntityTag.matches("\"ab\"", "\"a\"", false)).isFalse();
    assertThat(EntityTag.matches("a", "\"a\"", false)).isFalse();
    assertThat(EntityTag.matches("\"a", "\"a\"", false)).isFalse();
    assertThat(EntityTag.matches("", "\"a\"", false)).isFalse();
  }

  @Property
  void givenAnyText_whenMatched_thenItIsAnsweredAndNeverFails(@ForAll String condition) {
    assertThat(EntityTag.matches(condition + ",\"\u0001\"", "\"zzz\"", false)).isFalse();
  }
}
