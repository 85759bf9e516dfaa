package dev.signalbox.ping.map;

import dev.signalbox.contracts.ping.ListMapLabelsReply.Label;
import dev.signalbox.contracts.ping.MapTheme;
import java.awt.AWTError;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole map with one pixel for each /24. Title and legend stand where multicast and the
 * reserved addresses lie, which no census of the Internet pings.
 */
final class PosterRenderer {

  /** Pixels along a side. */
  static final int SIZE = 4_096;

  /** Left edge of the panel with title and legend, which ends at the right edge. */
  static final int PANEL_X = SIZE / 2;

  /** Lower edge of the panel, which begins at the upper edge. */
  static final int PANEL_HEIGHT = SIZE / 4;

  private static final Logger LOG = LoggerFactory.getLogger(PosterRenderer.class);

  /** At this zoom a pixel of a tile is a /24. */
  private static final int ZOOM = 4;

  private static final int OCTET_SIZE = 256;
  private static final int LEFT = PANEL_X + 90;
  private static final int SCALE_Y = 620;
  private static final int SCALE_STEP = 4;
  private static final int SWATCH = 44;
  private static final int INSIDE_FONT = 20;

  /** The first baseline in a /8 that is clear of its name. */
  private static final int BELOW_NAMES = 116;

  /** The first column in a /8 that is clear of its number. */
  private static final int RIGHT_OF_NAMES = 110;

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private record State(int entry, String text, int x, int y) {}

  private static final List<State> STATES =
      List.of(
          new State(0, "waiting", LEFT, 790),
          new State(1, "in progress", LEFT + 520, 790),
          new State(3, "failed", LEFT + 1_100, 790),
          new State(CensusMap.OUTSIDE, "not in the census", LEFT, 870),
          new State(Palette.NOBODY, "done, no answers", LEFT + 520, 870));

  /** A logical font of the platform. */
  interface Fonts {
    Font font(int style, int size);
  }

  private final CensusMap map;
  private final List<Label> labels;
  private final Fonts fonts;

  PosterRenderer(CensusMap map, BlockNames names) {
    this(map, names, (style, size) -> new Font(Font.SANS_SERIF, style, size));
  }

  /**
   * @param fonts may fail, as the JDK's do on a machine without any; posters then have no letters
   */
  PosterRenderer(CensusMap map, BlockNames names, Fonts fonts) {
    this.map = map;
    this.labels = MapLabels.of(names).labels();
    this.fonts = fonts;
  }

  /**
   * Draws a poster.
   *
   * @param newest when the ledger last changed, milliseconds since 1970-01-01 UTC; 0 when it never
   *     did
   */
  byte[] png(MapTheme theme, long newest) {
    IndexColorModel palette = Palette.of(theme);
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_INDEXED, palette);
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    drawMap(pixels);
    try {
      Graphics2D graphics = image.createGraphics();
      try {
        drawLines(graphics, palette);
        drawPanel(graphics, palette);
        drawLetters(new Pen(pixels, fonts), newest);
      } finally {
        graphics.dispose();
      }
    } catch (LinkageError | AWTError | InternalError | RuntimeException e) {
      // What the JDK throws without fonts, or without the libraries to draw them.
      LOG.warn("The poster has no text: the JDK finds no fonts", e);
    }
    return TileRenderer.png(image);
  }

  private void drawMap(byte[] pixels) {
    TileRenderer renderer = new TileRenderer(map);
    int size = TileRenderer.SIZE;
    for (int y = 0; y < SIZE / size; y++) {
      for (int x = 0; x < SIZE / size; x++) {
        byte[] tile = renderer.pixels(ZOOM, x, y, Map.of());
        for (int row = 0; row < size; row++) {
          System.arraycopy(tile, row * size, pixels, (y * size + row) * SIZE + x * size, size);
        }
      }
    }
  }

  private static Color colour(IndexColorModel palette, int entry) {
    return new Color(palette.getRGB(entry));
  }

  private void drawLines(Graphics2D graphics, IndexColorModel palette) {
    graphics.setColor(colour(palette, (Palette.PAPER + Palette.INK) / 2));
    for (int at = OCTET_SIZE; at < SIZE; at += OCTET_SIZE) {
      graphics.drawLine(at, 0, at, SIZE - 1);
      graphics.drawLine(0, at, SIZE - 1, at);
    }
    for (Label label : labels) {
      if (isInside(label)) {
        graphics.drawRect(label.x(), label.y(), label.width() - 1, label.height() - 1);
      }
    }
  }

  /** Whether a network is a part of a /8, and large enough to be seen. */
  private static boolean isInside(Label label) {
    return label.width() < OCTET_SIZE && label.width() * label.height() >= OCTET_SIZE;
  }

  private static boolean isOctet(Label label) {
    return label.width() == OCTET_SIZE
        && (label.x() < PANEL_X || label.y() >= PANEL_HEIGHT)
        && label.network().endsWith("/8");
  }

  private static void drawPanel(Graphics2D graphics, IndexColorModel palette) {
    graphics.setColor(colour(palette, Palette.PAPER));
    graphics.fillRect(PANEL_X, 0, SIZE - PANEL_X, PANEL_HEIGHT);
    graphics.setColor(colour(palette, Palette.INK));
    graphics.setStroke(new BasicStroke(4));
    graphics.drawRect(PANEL_X + 2, 2, SIZE - PANEL_X - 4, PANEL_HEIGHT - 4);
    graphics.setStroke(new BasicStroke(1));
    for (int level = 0; level < Palette.LEVELS; level++) {
      graphics.setColor(colour(palette, Palette.RAMP + level));
      graphics.fillRect(LEFT + level * SCALE_STEP, SCALE_Y, SCALE_STEP, 60);
    }
    for (State state : STATES) {
      graphics.setColor(colour(palette, state.entry));
      graphics.fillRect(state.x, state.y, SWATCH, SWATCH);
      graphics.setColor(colour(palette, Palette.INK));
      graphics.drawRect(state.x, state.y, SWATCH, SWATCH);
    }
  }

  /**
   * Writes on a poster. Java2D's own letters on an image with a palette look frayed: here they are
   * drawn in grey first, which becomes the greys of the palette.
   */
  private static final class Pen {

    private static final int MARGIN = 8;
    private static final int BASELINE = 140;
    private static final int RIM = 3;
    private static final int RIM_STEPS = 16;

    private final byte[] pixels;
    private final Fonts fonts;
    private final BufferedImage sheet =
        new BufferedImage(SIZE / 2, BASELINE + 60, BufferedImage.TYPE_BYTE_GRAY);
    private final byte[] grey = ((DataBufferByte) sheet.getRaster().getDataBuffer()).getData();

    Pen(byte[] pixels, Fonts fonts) {
      this.pixels = pixels;
      this.fonts = fonts;
    }

    /** Writes on the page's colour. */
    void write(String text, int style, int size, int x, int y) {
      int width = draw(text, fonts.font(style, size), 0);
      copy(x, y, width, 255 / (Palette.INK - Palette.PAPER), false);
    }

    /** Writes with a rim in the page's colour, so that it can be read on any. */
    void writeOnMap(String text, int style, int size, int x, int y) {
      int width = draw(text, fonts.font(style, size), RIM);
      copy(x, y, width, 128, true);
      write(text, style, size, x, y);
    }

    int width(String text, int style, int size) {
      return draw(text, fonts.font(style, size), 0);
    }

    /** Draws on the sheet; gives the width of the text. */
    private int draw(String text, Font font, int rim) {
      Arrays.fill(grey, (byte) 0);
      Graphics2D graphics = sheet.createGraphics();
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Color.WHITE);
      graphics.setFont(font);
      for (int step = 0; step < (rim == 0 ? 1 : RIM_STEPS); step++) {
        double angle = 2 * Math.PI * step / RIM_STEPS;
        graphics.drawString(
            text,
            MARGIN + (float) (rim * Math.cos(angle)),
            BASELINE + (float) (rim * Math.sin(angle)));
      }
      int width = graphics.getFontMetrics().stringWidth(text);
      graphics.dispose();
      return width;
    }

    private void copy(int x, int y, int width, int least, boolean paper) {
      int columns = Math.min(width + 2 * MARGIN, sheet.getWidth());
      for (int i = 0; i < columns * sheet.getHeight(); i++) {
        int level = grey[i / columns * sheet.getWidth() + i % columns] & 0xFF;
        int column = x - MARGIN + i % columns;
        int row = y - BASELINE + i / columns;
        if (level >= least && column >= 0 && column < SIZE && row >= 0 && row < SIZE) {
          int shade = paper ? 0 : level * (Palette.INK - Palette.PAPER) / 255;
          pixels[row * SIZE + column] = (byte) (Palette.PAPER + shade);
        }
      }
    }
  }

  private void drawLetters(Pen pen, long newest) {
    pen.write("Which addresses of IPv4", Font.BOLD, 124, LEFT, 190);
    pen.write("answer a ping?", Font.BOLD, 124, LEFT, 330);
    int tasks = 0;
    int done = 0;
    long answered = 0;
    for (int block = 0; block < CensusMap.BLOCKS; block++) {
      tasks += map.status(block) == CensusMap.OUTSIDE ? 0 : 1;
      done += map.status(block) == CensusMap.DONE ? 1 : 0;
      answered += map.answered(block * 256, 256);
    }
    pen.write(
        String.format(
            Locale.ENGLISH,
            "%.2f %% of %,d blocks are done; %,d addresses answered.",
            tasks == 0 ? 0.0 : 100.0 * done / tasks,
            tasks,
            answered),
        Font.PLAIN,
        52,
        LEFT,
        440);
    pen.write(
        "One pixel is 256 neighbouring addresses, along a Hilbert curve.",
        Font.PLAIN,
        52,
        LEFT,
        520);
    pen.write(
        newest == 0 ? "Signalbox" : "Signalbox, " + DAY.format(Instant.ofEpochMilli(newest)),
        Font.PLAIN,
        40,
        LEFT,
        980);
    drawScale(pen);
    for (State state : STATES) {
      pen.write(state.text, Font.PLAIN, 44, state.x + SWATCH + 24, state.y + 38);
    }
    for (Label label : labels) {
      if (isOctet(label)) {
        String octet = label.network().substring(0, label.network().indexOf('.'));
        pen.writeOnMap(octet, Font.BOLD, 44, label.x() + 12, label.y() + 50);
        pen.writeOnMap(label.name(), Font.PLAIN, 26, label.x() + 12, label.y() + 84);
      } else if (isInside(label)) {
        drawInside(pen, label);
      }
    }
  }

  /** Below its frame if there is room in its /8, else above; never over the /8's own name. */
  private static void drawInside(Pen pen, Label label) {
    int octetX = label.x() / OCTET_SIZE * OCTET_SIZE;
    int octetY = label.y() / OCTET_SIZE * OCTET_SIZE;
    int width = pen.width(label.name(), Font.PLAIN, INSIDE_FONT);
    int below = label.y() + label.height() + 24;
    int x = Math.min(label.x() + 4, octetX + OCTET_SIZE - 10 - width);
    int y = below > octetY + OCTET_SIZE - 10 ? label.y() - 10 : below;
    if (y < octetY + BELOW_NAMES) {
      int beside = label.x() - 10 - width;
      if (beside > octetX + RIGHT_OF_NAMES) {
        x = beside;
        y = Math.max(label.y() + 16, octetY + 26);
      } else {
        y = octetY + BELOW_NAMES;
      }
    }
    pen.writeOnMap(label.name(), Font.PLAIN, INSIDE_FONT, Math.max(octetX + 10, x), y);
  }

  private static void drawScale(Pen pen) {
    for (int percent : new int[] {1, 10, 25, 50, 100}) {
      int level = Palette.density(percent, 100) - Palette.RAMP;
      pen.write(percent + " %", Font.PLAIN, 40, LEFT + level * SCALE_STEP, SCALE_Y + 108);
    }
    pen.write(
        "of the addresses answered",
        Font.PLAIN,
        44,
        LEFT + Palette.LEVELS * SCALE_STEP + 40,
        SCALE_Y + 44);
  }
}
