package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.routing.ByteRanges.Piece;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The parts of a response body, in order: pieces of a file, and text between them. */
public final class BodyPlan {

  private final List<Section> sections;
  private final long length;
  private final String boundary;

  private BodyPlan(List<Section> sections, String boundary) {
    this.sections = sections;
    this.boundary = boundary;
    this.length = sections.stream().mapToLong(Section::length).sum();
  }

  /** A part of a body. */
  public sealed interface Section {
    /** How many bytes it has. */
    long length();
  }

  /** Text between pieces. */
  public record Text(Buffer text) implements Section {
    @Override
    public long length() {
      return text.length();
    }
  }

  /** A piece of the file. */
  public record FromFile(Piece piece) implements Section {
    @Override
    public long length() {
      return piece.length();
    }
  }

  /** One piece of the file. */
  public static BodyPlan of(Piece piece) {
    return new BodyPlan(List.of(new FromFile(piece)), "");
  }

  /** Several pieces as multipart/byteranges (RFC 9110 section 14.6). */
  public static BodyPlan multipart(
      List<Piece> pieces, String boundary, CharSequence contentType, long size) {
    List<Section> sections = new ArrayList<>(2 * pieces.size() + 1);
    for (Piece piece : pieces) {
      sections.add(
          new Text(
              Buffer.buffer(
                  "\r\n--"
                      + boundary
                      + "\r\nContent-Type: "
                      + contentType
                      + "\r\nContent-Range: "
                      + contentRange(piece, size)
                      + "\r\n\r\n")));
      sections.add(new FromFile(piece));
    }
    sections.add(new Text(Buffer.buffer("\r\n--" + boundary + "--\r\n")));
    return new BodyPlan(sections, boundary);
  }

  /** Content-Range of a piece. */
  public static String contentRange(Piece piece, long size) {
    return "bytes " + piece.first() + "-" + piece.last() + "/" + size;
  }

  /** The boundary of multipart/byteranges. */
  public String boundary() {
    return boundary;
  }

  /** Content-Length. */
  public long length() {
    return length;
  }

  /** The only part; null when there are several. */
  public @Nullable Piece onlyPiece() {
    return sections.size() == 1 && sections.getFirst() instanceof FromFile(Piece piece)
        ? piece
        : null;
  }

  /** The body, from the file's content in memory. */
  public Buffer fill(Buffer content) {
    Piece only = onlyPiece();
    if (only != null) {
      return content.slice((int) only.first(), (int) only.last() + 1);
    }
    Buffer body = Buffer.buffer((int) length);
    for (Section section : sections) {
      switch (section) {
        case Text(Buffer text) -> body.appendBuffer(text);
        case FromFile(Piece piece) ->
            body.appendBuffer(content, (int) piece.first(), (int) piece.length());
      }
    }
    return body;
  }

  /** The parts, with pieces split to a bounded size. */
  public Iterator<Section> steps(int maxBytes) {
    Iterator<Section> all = sections.iterator();
    return new Iterator<>() {
      private @Nullable Piece rest;

      @Override
      public boolean hasNext() {
        return rest != null || all.hasNext();
      }

      @Override
      public Section next() {
        Piece piece = rest;
        if (piece == null) {
          if (!all.hasNext()) {
            throw new NoSuchElementException();
          }
          switch (all.next()) {
            case Text text -> {
              return text;
            }
            case FromFile(Piece whole) -> piece = whole;
          }
        }
        if (piece.length() <= maxBytes) {
          rest = null;
          return new FromFile(piece);
        }
        rest = new Piece(piece.first() + maxBytes, piece.last());
        return new FromFile(new Piece(piece.first(), piece.first() + maxBytes - 1));
      }
    };
  }
}
