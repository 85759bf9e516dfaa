package dev.signalbox.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class FieldsTest {

  private static Fields of(String json) {
    return Fields.of(Buffer.buffer(json));
  }

  @Test
  void whatIsRightIsRead() {
    Fields fields = of("{\"a\":\"x\",\"n\":7,\"b\":true,\"m\":{\"k\":null}}");

    assertThat(fields.text("a", 5)).isEqualTo("x");
    assertThat(fields.integer("n", 1, 0, 9)).isEqualTo(7);
    assertThat(fields.bool("b", false)).isTrue();
    assertThat(fields.map("m")).containsKey("k");
    assertThat(fields.optionalText("none", 5)).isNull();
    fields.end();
  }

  @Test
  void everythingThatIsWrongIsToldAtOnceUnderItsPointer() {
    Fields fields = of("{\"a\":\"long text\",\"n\":1.5,\"b\":\"yes\",\"l\":\"a\\nb\",\"~/\":1}");
    fields.text("a", 3);
    fields.integer("n", 0, 0, 9);
    fields.bool("b", false);
    fields.line("l", 9);
    fields.text("missing", 9);

    ServiceException fault = catchThrowableOfType(ServiceException.class, fields::end);

    assertThat(fault.problems())
        .extracting(FieldProblem::pointer)
        .containsExactly("/a", "/n", "/b", "/l", "/missing", "/~0~1");
    assertThat(fault).hasMessageContaining("/a").hasMessageContaining("5 more");
  }

  @Test
  void membersOfArraysHaveTheirIndex() {
    Fields fields = of("{\"list\":[{\"x\":1},7]}");
    var list = fields.array("list");
    fields.item("list", 0, list.get(0)).text("x", 3);
    fields.item("list", 1, list.get(1));

    ServiceException fault = catchThrowableOfType(ServiceException.class, fields::end);

    assertThat(fault.problems())
        .extracting(FieldProblem::pointer)
        .containsExactly("/list/0/x", "/list/1");
  }
}
