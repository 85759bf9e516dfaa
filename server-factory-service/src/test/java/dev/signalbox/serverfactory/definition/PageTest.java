package dev.signalbox.serverfactory.definition;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageTest {

  @ParameterizedTest
  @CsvSource({
    "/data, /data",
    "/data, /%64ata",
    "/~user, /%7Euser",
    "/~user, /%7euser",
    "/a%2fb, /a%2Fb",
    "/caf\u00e9, /caf%C3%A9",
    "/caf\u00e9, /caf%c3%a9",
    "/a|b, /a%7Cb",
    "/a/../b, /b",
    "/a/./b, /a/b",
    "/a/b/.., /a/",
    "/../a, /a",
    "/%2e%2e/a, /a",
    "/100%, /100%25",
    "/a+b, /a+b",
    "/, /"
  })
  void isWhereAnEqualPathLeads(String uri, String path) {
    assertThat(new Page(uri, "").isAt(path)).isTrue();
    assertThat(new Page(path, "").isAt(uri)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/data/plus/x, /data%2Fplus/x",
    "/x%fe, /x%ff",
    "/x%ff, /x\ufffd",
    "/a+b, /a%20b",
    "/a+b, /a%2Bb",
    "/a:b, /a%3Ab",
    "/Data, /data",
    "/data, /data/",
    "/a//b, /a/b",
    "/a%00, /a"
  })
  void isNowhereElse(String uri, String path) {
    assertThat(new Page(uri, "").isAt(path)).isFalse();
    assertThat(new Page(path, "").isAt(uri)).isFalse();
  }

  @Property
  void hasOneNormalForm(@ForAll @StringLength(max = 60) String text) {
    String normal = PagePath.normal("/" + text);

    assertThat(PagePath.normal(normal)).isEqualTo(normal);
    assertThat(normal).startsWith("/").matches("[!-~]*");
  }
}
