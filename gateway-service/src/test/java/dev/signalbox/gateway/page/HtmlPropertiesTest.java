package dev.signalbox.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class HtmlPropertiesTest {

  @Property
  void noValueCanLeaveTheTextItIsIn(@ForAll String value) {
    assertThat(Html.of(value).toString()).doesNotContain("<", ">", "\"", "'");
    assertThat(Html.of(value).toString()).doesNotContainPattern("&(?!(amp|lt|gt|quot|#39);)");
  }
}
