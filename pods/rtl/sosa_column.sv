// One column of a block: the exact sum of the partial sum from above and all products, brought into the range of
// a partial sum and registered. A sum that does not fit is marked, all the way down.
module sosa_column #(
    parameter int ROWS = 1,
    parameter int PSUM_BITS = 16,
    parameter int SATURATE = 0
) (
    input  logic clk,
    input  logic en,
    input  logic [9*ROWS-1:0] x,
    input  logic [9*ROWS-1:0] weights,
    input  logic [PSUM_BITS-1:0] ps_in,
    input  logic overflow_in,
    output logic [PSUM_BITS-1:0] ps_out,
    output logic overflow_out
);
    localparam int PRODUCTS_BITS = 18 + $clog2(ROWS);
    localparam int SUM_BITS = (PRODUCTS_BITS > PSUM_BITS ? PRODUCTS_BITS : PSUM_BITS) + 1;  // never overflows

    logic signed [8:0] x_i, weight_i;
    logic signed [SUM_BITS-1:0] ps_above, sum;
    integer i;
    assign ps_above = SUM_BITS'($signed(ps_in));
    always_comb begin
        x_i = 9'd0;
        weight_i = 9'd0;
        sum = ps_above;
        for (i = 0; i < ROWS; i = i + 1) begin
            x_i = x[9*i +: 9];
            weight_i = weights[9*i +: 9];
            sum = sum + SUM_BITS'(x_i) * SUM_BITS'(weight_i);
        end
    end

    // It fits if the bits above the range all repeat its sign.
    logic fits;
    logic [PSUM_BITS-1:0] wrapped, in_range;
    assign fits = (&sum[SUM_BITS-1:PSUM_BITS-1]) || !(|sum[SUM_BITS-1:PSUM_BITS-1]);
    assign wrapped = sum[PSUM_BITS-1:0];
    generate
        if (SATURATE != 0) begin : saturating
            assign in_range = fits ? wrapped : {sum[SUM_BITS-1], {(PSUM_BITS-1){!sum[SUM_BITS-1]}}};
        end else begin : wrapping
            assign in_range = wrapped;
        end
    endgenerate

    always_ff @(posedge clk) begin
        if (en) begin
            ps_out <= in_range;
            overflow_out <= overflow_in || !fits;
        end
    end
endmodule
