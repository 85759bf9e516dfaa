package dev.signalbox.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.routing.BodyPlan.FromFile;
import dev.signalbox.gateway.routing.BodyPlan.Section;
import dev.signalbox.gateway.routing.BodyPlan.Text;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BodyPlanTest {

  private static final Buffer CONTENT = Buffer.buffer("0123456789".repeat(10));

  @Test
  void givenSeveralPieces_whenFilled_thenTheBodyIsAsTheRfcHasIt() {
    BodyPlan plan =
        BodyPlan.multipart(List.of(new Piece(0, 1), new Piece(98, 99)), "B", "text/plain", 100);

    assertThat(plan.fill(CONTENT).toString())
        .isEqualTo(
            "\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/100\r\n\r\n01"
                + "\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 98-99/100\r\n\r\n89"
                + "\r\n--B--\r\n");
    assertThat(plan.length()).isEqualTo(plan.fill(CONTENT).length());
  }

  @Property
  void givenAnyPieces_whenTakenInSteps_thenTheyAddUpToTheSameBody(
      @ForAll @Size(min = 1, max = 5) List<@IntRange(min = 0, max = 99) Integer> starts,
      @ForAll @IntRange(min = 1, max = 40) int maxBytes) {
    List<Piece> pieces = new ArrayList<>();
    starts.forEach(start -> pieces.add(new Piece(start, Math.min(99, start + 30))));
    BodyPlan plan =
        pieces.size() == 1
            ? BodyPlan.of(pieces.getFirst())
            : BodyPlan.multipart(pieces, "B", "text/plain", 100);
    Buffer body = Buffer.buffer();

    for (var steps = plan.steps(maxBytes); steps.hasNext(); ) {
      Section step = steps.next();
      switch (step) {
        case Text(Buffer text) -> body.appendBuffer(text);
        case FromFile(Piece piece) -> {
          assertThat(piece.length()).isBetween(1L, (long) maxBytes);
          body.appendBuffer(CONTENT, (int) piece.first(), (int) piece.length());
        }
      }
    }

    assertThat(body).isEqualTo(plan.fill(CONTENT));
    assertThat(plan.length()).isEqualTo(body.length());
  }
}
