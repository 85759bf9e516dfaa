package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;

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
}
