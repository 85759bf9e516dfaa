package dev.signalbox.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlTest {

  @Test
  void markupInAValueIsText() {
    assertThat(Html.of("<script>alert('1' & \"2\")</script>"))
        .hasToString("&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;");
  }

  @Test
  void controlCharactersAndDirectionMarksAreNotPassedOn() {
    assertThat(Html.of("a\u0000b\u001b[31mc\u202ed\u2066e\u0085f"))
        .hasToString("a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf");
  }

  @Test
  void ordinaryTextStaysAsItIs() {
    assertThat(Html.of("Zürich – 京都 😀\n")).hasToString("Zürich – 京都 😀\n");
    assertThat(Html.of("")).hasToString("");
    assertThat(Html.of(-7)).hasToString("-7");
  }

  @Test
  void placesAreFilled() {
    Html.Template template =
        new Html.Template("<a href=\"/{{path}}\"{{hidden}}>{{name}}</a>{{name}}");

    Html page =
        template.render(
            Map.of(
                "path", Html.of("x\" onclick=\"y"),
                "hidden", Html.hidden(true),
                "name", Html.of("{{path}}")));

    assertThat(page)
        .hasToString("<a href=\"/x&quot; onclick=&quot;y\" hidden>{{path}}</a>{{path}}");
  }

  @Test
  void placeWithoutAValueIsADefect() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Html.Template("{{name}}").render(Map.of()))
        .withMessageContaining("name");
  }

  @Test
  void templateWithoutPlacesIsItself() {
    assertThat(new Html.Template("{a} {{}} {{A}}").render(Map.of())).hasToString("{a} {{}} {{A}}");
    assertThat(Html.joined(List.of(Html.of("a"), Html.of("<")))).hasToString("a&lt;");
  }

  @ParameterizedTest
  @CsvSource({"true,' hidden'", "false,''"})
  void hiddenIsAnAttributeOrNothing(boolean hidden, String attribute) {
    assertThat(Html.hidden(hidden)).hasToString(attribute);
  }
}
