package dev.signalbox.file.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCheckTest {

  private final JsonCheck check = new JsonCheck(50, 10_000_000);

  private @Nullable String problem(byte[] bytes) throws IOException {
    return check.problem(new ByteArrayInputStream(bytes));
  }

  private @Nullable String problem(String text) throws IOException {
    return problem(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"a\":[1,2.5e10,null,true,\"ü\\u00e4\"]}",
        " \n\"text\" ",
        "17",
        "-0.5E+3\n",
        "null",
        "{\"a\":1,\"a\":2}"
      })
  void givenADocument_whenChecked_thenNothingIsWrong(String text) throws IOException {
    assertThat(problem(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   \n",
        "{",
        "{\"a\":1",
        "[1,]",
        "{'a':1}",
        "{a:1}",
        "[1] 2",
        "{}{}",
        "{} x",
        "1 2",
        "\"text",
        "tru",
        "nullx",
        "NaN",
        "01",
        "+1",
        "1.",
        "// comment\n1",
        "[\"\u0001\"]",
        "\"tab\there\"",
        "\"\\x\"",
        "\uFEFF{}",
        "hello"
      })
  void givenSomethingElse_whenChecked_thenTheProblemIsSaid(String text) throws IOException {
    assertThat(problem(text)).isNotBlank();
  }

  @Test
  void givenTextThatIsNotUtf8_whenChecked_thenItIsRefused() throws IOException {
    assertThat(problem("[\"ä\"]".getBytes(StandardCharsets.ISO_8859_1))).contains("UTF-8");
    assertThat(problem("[\"a\"]".getBytes(StandardCharsets.UTF_16BE))).isNotNull();
    assertThat(problem("[1]".getBytes(StandardCharsets.UTF_16LE))).isNotNull();
    // An overlong slash, and half a surrogate pair as UTF-8.
    assertThat(problem(new byte[] {'"', (byte) 0xc0, (byte) 0xaf, '"'})).contains("UTF-8");
    assertThat(problem(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}))
        .contains("UTF-8");
  }

  @Test
  void givenNestingBeyondTheLimit_whenChecked_thenItIsRefused() throws IOException {
    assertThat(problem("[".repeat(50) + "]".repeat(50))).isNull();
    assertThat(problem("[".repeat(51) + "]".repeat(51))).contains("epth");
    assertThat(problem("{\"a\":".repeat(1_000_000))).contains("epth");
  }

  @Test
  void givenALongDocument_whenChecked_thenItIsNotHeldInMemory() throws IOException {
    long bytes = 1L << 30;
    byte[] block = new byte[1 << 20];
    Arrays.fill(block, (byte) 'x');
    List<InputStream> parts = new ArrayList<>();
    parts.add(new ByteArrayInputStream(new byte[] {'"'}));
    for (int i = 0; i < bytes >> 20; i++) {
      parts.add(new ByteArrayInputStream(block));
    }
    parts.add(new ByteArrayInputStream(new byte[] {'"'}));
    InputStream endless = new SequenceInputStream(Collections.enumeration(parts));

    assertThat(new JsonCheck(10, bytes + 10).problem(endless)).isNull();
  }
}
