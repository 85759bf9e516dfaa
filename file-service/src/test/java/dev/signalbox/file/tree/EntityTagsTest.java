package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.file.EntityTags;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntityTagsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "*|true|true",
        "\"b\", *|true|true",
        "\"a\"|true|true",
        "\"b\", \"a\"|true|true",
        "\"b,c\" ,\t\"a\"|true|true",
        "W/\"a\"|false|true",
        "W/\"x\",\"a\"|true|true",
        "\"ab\"|false|false",
        "a|false|false",
        "\"a|false|false",
        "W/a|false|false",
        "W/|false|false",
        "~~|false|false"
      })
  void givenACondition_whenCompared_thenItNamesTheTagOrNot(
      String condition, boolean strongly, boolean weakly) {
    assertThat(EntityTags.name(condition, "\"a\"", false)).isEqualTo(strongly);
    assertThat(EntityTags.name(condition, "\"a\"", true)).isEqualTo(weakly);
  }

  @Test
  void givenNoFile_whenCompared_thenNothingNamesIt() {
    assertThat(EntityTags.name("*", null, false)).isFalse();
  }

  @Property
  void givenAnyText_whenCompared_thenItIsAnsweredAndNeverFails(@ForAll String condition) {
    assertThat(EntityTags.name(condition.replace("*", "") + ",\"\u0001\"", "\"zzz\"", false))
        .isFalse();
  }
}
