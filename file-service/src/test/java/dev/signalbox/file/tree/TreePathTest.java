package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.file.PathText;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreePathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/..",
        "/../etc/passwd",
        "/a/../../b",
        "/a/..",
        "/.",
        "/./a",
        "/.git/config",
        "/a/.env",
        "/...",
        "/..;/a",
        "/a\\..\\b",
        "/a\\.b",
        "/\\.",
        "/a\0b",
        "/\0002e",
        "/\0002f",
        "/\000c3\000a4",
        "/\000FF",
        "/\ud800",
        "/%2e%2e/x",
        "/%252e%252e/x",
        "/%25252e%25252e/x",
        "/..%2fx",
        "/a/%2e./x",
        "/%5c..",
        "/a%2f.x",
        "/\000c0\000ae\000c0\000ae/x",
        "/\000c0\000af..",
        "/\000e0\00080\000ae/x",
        "/\000f0\00080\00080\000ae",
        "/\000f8\00080\00080\00080\000ae",
        "/a\000c1\0009c..",
        "/%c0%ae%c0%ae/x",
        "",
        "a",
        "C:/a"
      })
  void givenAPathThatLeavesTheRootOrIsHidden_whenParsed_thenItIsOutside(String text) {
    assertThat(TreePath.parse(text)).isInstanceOf(TreePath.Outside.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/\\",
        "/a\\b",
        "/a\\b.c",
        "/100%",
        "/%zz",
        "/%41",
        "/a%2fb",
        "/%5cx",
        "/\000ff",
        "/\000c0",
        "/\000c1\0009c",
        "/a\000c0.b",
        "/\000ed\000a0\00080",
        "/\ud83d\ude82",
        "/\u202ea\u0301",
        "/ ?#;+\n\u007f"
      })
  void givenANameOfAnyBytes_whenParsed_thenItIsInside(String text) {
    assertThat(TreePath.parse(text)).isInstanceOf(TreePath.Inside.class);
    assertThat(TreePath.mayName(text.substring(1))).isTrue();
  }

  @Test
  void givenEmptyNames_whenParsed_thenTheyAreDropped() {
    assertThat(TreePath.parse("//a///b"))
        .isEqualTo(new TreePath.Inside(new TreePath(List.of("a", "b"), false)));
  }

  @Test
  void givenASlashAtTheEnd_whenParsed_thenItIsKnownToBeADirectory() {
    assertThat(TreePath.parse("/a/"))
        .isEqualTo(new TreePath.Inside(new TreePath(List.of("a"), true)));
    assertThat(TreePath.parse("/")).isEqualTo(new TreePath.Inside(new TreePath(List.of(), true)));
  }

  @Test
  void givenDotsInsideNames_whenParsed_thenTheyAreOrdinary() {
    assertThat(TreePath.parse("/a..b/c.")).isInstanceOf(TreePath.Inside.class);
  }

  @Test
  void givenANameNoFileSystemCanHold_whenParsed_thenItIsTooLong() {
    assertThat(TreePath.parse("/" + "a".repeat(255))).isInstanceOf(TreePath.Inside.class);
    assertThat(TreePath.parse("/" + "a".repeat(256))).isInstanceOf(TreePath.TooLong.class);
    assertThat(TreePath.parse("/" + "ä".repeat(128))).isInstanceOf(TreePath.TooLong.class);
    assertThat(TreePath.parse("/abc".repeat(1000))).isInstanceOf(TreePath.TooLong.class);
  }

  @Property
  void givenAnyText_whenParsedAsInside_thenNoNameIsSpecial(
      @ForAll
          @StringLength(max = 20)
          @Chars({'/', '.', '\\', '\0'})
          @CharRange(from = 'a', to = 'c')
          String text) {
    if (TreePath.parse("/" + text) instanceof TreePath.Inside(TreePath path)) {
      assertThat(path.names())
          .allSatisfy(name ->
              assertThat(name)
                  .isNotEmpty()
                  .doesNotStartWith(".")
                  .doesNotContain("/", "\\.")
                  .matches(PathText::isPath));
      assertThat(TreePath.parse(path.text()))
          .isEqualTo(new TreePath.Inside(new TreePath(path.names(), path.root())));
    }
  }

  @Test
  void givenAPathOfManyNames_whenParsed_thenTheDepthIsBounded() {
    assertThat(TreePath.parse("/a".repeat(128))).isInstanceOf(TreePath.Inside.class);
    assertThat(TreePath.parse("/a".repeat(129)))
        .isEqualTo(new TreePath.TooLong("may have at most 128 names"));
    assertThat(TreePath.parse("/a".repeat(900))).isInstanceOf(TreePath.TooLong.class);
  }
}
