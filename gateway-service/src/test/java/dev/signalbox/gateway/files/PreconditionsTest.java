package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.gateway.files.FilesConfig.Disposition;
import dev.signalbox.gateway.files.Preconditions.Outcome;
import io.vertx.core.MultiMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

class PreconditionsTest {

  private static final PreparedFile FILE =
      PreparedFile.of(
          new Found(
              new FileInfo("/a", 0, 1_700_000_000_500L, "\"a1\"", "text/plain", null),
              "node",
              null,
              Binary.empty(),
              0),
          null,
          new FilesConfig("", Disposition.ATTACHMENT, 0, false, 0, 1, 1, 0));

  private static Outcome outcome(String name, String value) {
    return Preconditions.evaluate(MultiMap.caseInsensitiveMultiMap().add(name, value), FILE);
  }

  @Property
  void givenAnyText_whenItIsATagCondition_thenWhatDoesNotHoldTheTagDoesNotNameIt(
      @ForAll @StringLength(max = 16) @Chars({'"', 'a', '1', 'W', '/', ',', ' ', '\t', '\u00e4'})
          String text) {
    Outcome none = outcome("If-None-Match", text);
    Outcome match = outcome("If-Match", text);

    assertThat(none).isIn(Outcome.PROCEED, Outcome.NOT_MODIFIED);
    assertThat(match).isIn(Outcome.PROCEED, Outcome.FAILED);
    if (!text.contains("\"a1\"")) {
      assertThat(none).isEqualTo(Outcome.PROCEED);
      assertThat(match).isEqualTo(Outcome.FAILED);
    }
  }

  @Property
  void givenAnyTextWithoutADate_whenItIsADateCondition_thenItIsIgnored(
      @ForAll @StringLength(max = 60) @CharRange(from = ' ', to = '@') String text) {
    // Without letters there is no month.
    assertThat(outcome("If-Modified-Since", text)).isEqualTo(Outcome.PROCEED);
    assertThat(outcome("If-Unmodified-Since", text)).isEqualTo(Outcome.PROCEED);
  }

  @Property
  void givenAnyText_whenItIsAnIfRange_thenOnlyTheTagAndTheDateApply(
      @ForAll @StringLength(max = 40) String text) {
    String known = text.strip();

    assertThat(Preconditions.rangeApplies(text, FILE, 1_800_000_000L))
        .isEqualTo(known.equals(FILE.etag()) || known.contentEquals(FILE.lastModified()));
  }
}
