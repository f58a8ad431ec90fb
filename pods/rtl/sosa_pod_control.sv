// What travels with a row of X: whether it is one, the last of its tile, and the swap of weights. A swap meets
// the blocks of one diagonal at a time; valid and last take the whole latency, ROW_GROUPS + COL_GROUPS - 1 edges.
module sosa_pod_control #(
    parameter int ROW_GROUPS = 1,
    parameter int COL_GROUPS = 1
) (
    input  logic clk,
    input  logic rst_n,
    input  logic en,
    input  logic x_valid,
    input  logic x_swap,
    input  logic x_last,
    output logic [ROW_GROUPS+COL_GROUPS-2:0] swap_at,  // by diagonal
    output logic out_valid,
    output logic out_last,
    output logic busy
);
    localparam int LATENCY = ROW_GROUPS + COL_GROUPS - 1;

    logic [LATENCY-1:0] valid, last;
    integer k;
    always_ff @(posedge clk) begin
        if (!rst_n) begin
            valid <= {LATENCY{1'b0}};
            last <= {LATENCY{1'b0}};
        end else if (en) begin
            valid[0] <= x_valid;
            last[0] <= x_valid && x_last;
            for (k = 1; k < LATENCY; k = k + 1) begin
                valid[k] <= valid[k-1];
                last[k] <= last[k-1];
            end
        end
    end
    assign out_valid = valid[LATENCY-1];
    assign out_last = last[LATENCY-1];
    assign busy = |valid;

    logic swap_now;
    assign swap_now = x_valid && x_swap;
    generate
        if (LATENCY == 1) begin : one_block
            assign swap_at = swap_now;
        end else begin : wavefront
            logic [LATENCY-2:0] swap;
            integer d;
            always_ff @(posedge clk) begin
                if (!rst_n) begin
                    swap <= {(LATENCY-1){1'b0}};
                end else if (en) begin
                    swap[0] <= swap_now;
                    for (d = 1; d < LATENCY - 1; d = d + 1) swap[d] <= swap[d-1];
                end
            end
            assign swap_at = {swap, swap_now};
        end
    endgenerate
endmodule
