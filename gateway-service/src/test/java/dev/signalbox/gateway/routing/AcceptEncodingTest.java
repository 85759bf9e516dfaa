package dev.signalbox.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptEncodingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip, deflate, br, zstd|br zstd gzip",
        "gzip|gzip",
        "GZIP;Q=0.5, Br;q=0.1|gzip br",
        "br;q=0, *|zstd gzip",
        "*;q=0|''",
        "identity|''",
        "identity;q=0.9, gzip;q=0.5|''",
        "identity;q=0.5, gzip;q=0.9|gzip",
        "gzip;q=0|''",
        "gzip;q=1.000|gzip",
        "gzip;q=0.001|gzip",
        "gzip;q=2|''",
        "gzip;q=abc|''",
        "x-gzip|gzip",
        "deflate|''",
        "'  '|''"
      })
  void givenAHeader_whenParsed_thenCodingsComeBestFirst(String header, String codings) {
    assertThat(String.join(" ", AcceptEncoding.parse(header))).isEqualTo(codings);
  }

  @Test
  void givenTheSameHeader_whenAsked_thenTheListIsTheSame() {
    AcceptEncoding accepted = new AcceptEncoding();

    assertThat(accepted.of("gzip, br")).isSameAs(accepted.of("gzip, br"));
    assertThat(accepted.of(null)).isEmpty();
  }

  @Property
  void givenAnyHeader_whenParsed_thenOnlyKnownCodingsComeEachOnce(
      @ForAll
          @StringLength(max = 30)
          @Chars({'g', 'z', 'i', 'p', 'b', 'r', ',', ';', 'q', '=', '0', '.', '1', '*', ' '})
          String header) {
    assertThat(AcceptEncoding.parse(header))
        .doesNotHaveDuplicates()
        .isSubsetOf(List.of("br", "zstd", "gzip"));
  }
}
