// The systolic array of a pod, clock edge by clock edge as pods/README.md, "Inside the array", has it; the pins
// are described there. Everything is sampled at the rising edge of `clk`. Row i of `x_row` is in bits 8i+7..8i,
// column j of a row of partial sums in bits P(j+1)-1..Pj.
//
//            x_row ─▶ skew (g edges) ─▶ block (g,0) ─reg─▶ block (g,1) ─reg─▶ ...
//            ps_in ─▶ skew (h edges) ─▶ block (0,h) ─reg─▶ block (1,h) ─reg─▶ ... ─▶ deskew ─▶ out_row
//            w_row ─▶ weight feed, skew (h edges) ─▶ the shadow weights of all blocks (g,h)
//
// The defaults come from the package that `sosa gen-params --lang sv` writes from a config.
module sosa_pod #(
    parameter int ROWS = sosa_params::ROWS,
    parameter int COLS = sosa_params::COLS,
    parameter int MULTICAST_COLS = sosa_params::MULTICAST_COLS,  // B: columns of a block; may exceed COLS
    parameter int FANIN_ROWS = sosa_params::FANIN_ROWS,          // F: rows of a block; may exceed ROWS
    parameter int PSUM_BITS = sosa_params::PSUM_BITS,
    parameter int SATURATE = sosa_params::SATURATE               // 0: partial sums wrap
) (
    input  logic                      clk,
    input  logic                      rst_n,
    input  logic                      en,

    input  logic                      x_valid,
    input  logic                      x_swap,
    input  logic                      x_last,
    input  logic                      x_signed,
    input  logic [8*ROWS-1:0]         x_row,
    input  logic [PSUM_BITS*COLS-1:0] ps_in,

    input  logic                      w_valid,
    input  logic                      w_first,
    input  logic                      w_signed,
    input  logic [8*COLS-1:0]         w_row,
    output logic [$clog2(ROWS+1)-1:0] w_rows,

    output logic                      out_valid,
    output logic                      out_last,
    output logic [PSUM_BITS*COLS-1:0] out_row,
    output logic [COLS-1:0]           out_overflow,
    output logic                      busy
);
    localparam int ROW_GROUPS = (ROWS + FANIN_ROWS - 1) / FANIN_ROWS;
    localparam int COL_GROUPS = (COLS + MULTICAST_COLS - 1) / MULTICAST_COLS;

    // swap_at[k]: the blocks (g,h) with g + h = k work on a row that takes the shadow weights over.
    logic [ROW_GROUPS+COL_GROUPS-2:0] swap_at;
    sosa_pod_control #(.ROW_GROUPS(ROW_GROUPS), .COL_GROUPS(COL_GROUPS)) control (
        .clk(clk), .rst_n(rst_n), .en(en), .x_valid(x_valid), .x_swap(x_swap), .x_last(x_last),
        .swap_at(swap_at), .out_valid(out_valid), .out_last(out_last), .busy(busy));

    logic [COL_GROUPS*ROWS-1:0] load_at;  // by column group, one bit a row
    sosa_weight_feed #(.ROWS(ROWS), .COL_GROUPS(COL_GROUPS)) weight_feed (
        .clk(clk), .rst_n(rst_n), .en(en), .w_valid(w_valid), .w_first(w_first), .w_rows(w_rows),
        .load_at(load_at));

    logic [9*ROWS-1:0] x_entry;
    logic [9*COLS-1:0] w_entry;
    sosa_extend #(.COUNT(ROWS)) extend_x (.is_signed(x_signed), .bytes(x_row), .values(x_entry));
    sosa_extend #(.COUNT(COLS)) extend_w (.is_signed(w_signed), .bytes(w_row), .values(w_entry));

    genvar g, h;
    generate
        // Row group g starts g edges late.
        logic [9*ROWS-1:0] x_skewed;
        for (g = 0; g < ROW_GROUPS; g = g + 1) begin : x_entry_of
            localparam int FIRST = g * FANIN_ROWS;
            localparam int HEIGHT = g == ROW_GROUPS - 1 ? ROWS - FIRST : FANIN_ROWS;
            sosa_skew #(.BITS(9 * HEIGHT), .EDGES(g)) skew (
                .clk(clk), .en(en), .d(x_entry[9*FIRST +: 9*HEIGHT]), .q(x_skewed[9*FIRST +: 9*HEIGHT]));
        end

        // Column group h starts h edges late: so do its activations, partial sums and weights.
        for (h = 0; h < COL_GROUPS; h = h + 1) begin : column_group
            localparam int LEFT = h * MULTICAST_COLS;
            localparam int WIDTH = h == COL_GROUPS - 1 ? COLS - LEFT : MULTICAST_COLS;

            logic [9*ROWS-1:0] x;
            if (h == 0) begin : first
                assign x = x_skewed;
            end else begin : further
                sosa_skew #(.BITS(9 * ROWS), .EDGES(1)) across (
                    .clk(clk), .en(en), .d(column_group[h-1].x), .q(x));
            end

            logic [9*WIDTH-1:0] w;
            sosa_skew #(.BITS(9 * WIDTH), .EDGES(h)) w_skew (
                .clk(clk), .en(en), .d(w_entry[9*LEFT +: 9*WIDTH]), .q(w));

            logic [PSUM_BITS*WIDTH-1:0] ps_top;
            sosa_skew #(.BITS(PSUM_BITS * WIDTH), .EDGES(h)) ps_skew (
                .clk(clk), .en(en), .d(ps_in[PSUM_BITS*LEFT +: PSUM_BITS*WIDTH]), .q(ps_top));

            for (g = 0; g < ROW_GROUPS; g = g + 1) begin : row_group
                localparam int FIRST = g * FANIN_ROWS;
                localparam int HEIGHT = g == ROW_GROUPS - 1 ? ROWS - FIRST : FANIN_ROWS;
                logic [PSUM_BITS*WIDTH-1:0] ps_above, ps;
                logic [WIDTH-1:0] overflow_above, overflow;
                if (g == 0) begin : top
                    assign ps_above = ps_top;
                    assign overflow_above = {WIDTH{1'b0}};
                end else begin : below
                    assign ps_above = row_group[g-1].ps;
                    assign overflow_above = row_group[g-1].overflow;
                end
                sosa_block #(.ROWS(HEIGHT), .COLS(WIDTH), .PSUM_BITS(PSUM_BITS), .SATURATE(SATURATE)) block (
                    .clk(clk), .rst_n(rst_n), .en(en), .swap(swap_at[g+h]), .load(load_at[ROWS*h+FIRST +: HEIGHT]),
                    .w(w), .x(x[9*FIRST +: 9*HEIGHT]), .ps_in(ps_above), .overflow_in(overflow_above),
                    .ps_out(ps), .overflow_out(overflow));
            end

            // Earlier column groups wait for the last one, so that a whole row leaves at once.
            logic [PSUM_BITS*WIDTH-1:0] ps_out;
            logic [WIDTH-1:0] overflow_out;
            sosa_skew #(.BITS((PSUM_BITS + 1) * WIDTH), .EDGES(COL_GROUPS - 1 - h)) deskew (
                .clk(clk), .en(en), .d({row_group[ROW_GROUPS-1].overflow, row_group[ROW_GROUPS-1].ps}),
                .q({overflow_out, ps_out}));
            assign out_row[PSUM_BITS*LEFT +: PSUM_BITS*WIDTH] = out_valid ? ps_out : {PSUM_BITS*WIDTH{1'b0}};
            assign out_overflow[LEFT +: WIDTH] = out_valid ? overflow_out : {WIDTH{1'b0}};
        end
    endgenerate
endmodule
