// Where FANIN_ROWS rows and MULTICAST_COLS columns cross: an activation reaches all columns, all products of a
// column and the partial sum from above add up into one register per column. No register inside.
module sosa_block #(
    parameter int ROWS = 1,
    parameter int COLS = 1,
    parameter int PSUM_BITS = 16,
    parameter int SATURATE = 0
) (
    input  logic clk,
    input  logic rst_n,
    input  logic en,
    input  logic swap,                        // the shadow weights count from this row on
    input  logic [ROWS-1:0] load,             // which row of the shadow weights takes `w`
    input  logic [9*COLS-1:0] w,
    input  logic [9*ROWS-1:0] x,
    input  logic [PSUM_BITS*COLS-1:0] ps_in,
    input  logic [COLS-1:0] overflow_in,
    output logic [PSUM_BITS*COLS-1:0] ps_out,
    output logic [COLS-1:0] overflow_out
);
    genvar c;
    generate
        for (c = 0; c < COLS; c = c + 1) begin : column
            logic [9*ROWS-1:0] weights;
            sosa_weights #(.ROWS(ROWS)) double_buffer (
                .clk(clk), .rst_n(rst_n), .en(en), .swap(swap), .load(load), .w(w[9*c +: 9]), .weights(weights));
            sosa_column #(.ROWS(ROWS), .PSUM_BITS(PSUM_BITS), .SATURATE(SATURATE)) fan_in (
                .clk(clk), .en(en), .x(x), .weights(weights), .ps_in(ps_in[PSUM_BITS*c +: PSUM_BITS]),
                .overflow_in(overflow_in[c]), .ps_out(ps_out[PSUM_BITS*c +: PSUM_BITS]),
                .overflow_out(overflow_out[c]));
        end
    endgenerate
endmodule
